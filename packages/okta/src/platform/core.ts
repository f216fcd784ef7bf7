import { isUtf8 } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  type Answer,
  type AuditRecord,
  auditMember,
  auditMembers,
  type Decision,
  type Driven,
  denial,
  enrich,
  isObserved,
  observation,
  subjectDigest,
  unavailable,
} from '@claimsmith/runtime';
import { createAuthenticator } from './authentication.ts';
import { audienceOf, createContextReader, type RawContext } from './context.ts';
import { createDeadlines } from './deadlines.ts';
import { isForeign, missingRecipes } from './guard.ts';
import type { HookOptions, Refusal } from './options.ts';
import { own, type Payload, partOf, readPayload, textOf } from './payload.ts';
import type { HookPolicy } from './policy.ts';
import { createReplayGuard, replayWindowMs } from './replay.ts';
import { tokenTransform } from './reserved.ts';
import {
  createResponder,
  createUntouched,
  denialReply,
  type Reply,
  unavailableReply,
  untouchedText,
} from './respond.ts';
import { createTurns } from './turns.ts';

/**
 * The hook without its transport: it takes a header's value and the bytes of a body, and returns the text of an answer.
 */
export interface Core {
  /** The lower-case name of the header that authenticates the caller. */
  readonly header: string;
  /**
   * Answers once, by the deadline, which counts from this call. It uses callbacks rather than promises to avoid delays.
   *
   * @param read is called when the caller is known to be Okta. It gives the body, or undefined if there is none; only
   *   its first result counts
   */
  answer<Source>(
    credential: string | undefined,
    source: Source,
    read: (source: Source, take: (body: Buffer | undefined) => void) => void,
    reply: (text: string) => void,
  ): void;
}

/** The constant that a client sees if the issuance could not be recorded. */
export const auditUnavailable = 'audit_unavailable';

/** The rest of the deadline for recording and sending, after the sources' time. */
const answerShare = 0.05;

/** @throws OktaError `authentication` if it would accept nobody, or anybody */
export function createCore(options: HookOptions): Core {
  const authenticator = createAuthenticator(options.authentication);
  const deadlines = createDeadlines(options.policy.deadlineMs);
  const judge = createJudge(options);
  const refuse = refuser(options.onRefused);
  return {
    header: authenticator.header,
    answer(credential, source, read, reply) {
      const untouched = options.policy.observe === true ? untouchedText : undefined;
      const exchange: Exchange = { startMs: performance.now(), isTaken: false, isOver: false, untouched };
      const end = (text: string) => {
        if (exchange.isOver) return;
        deadlines.stop(late);
        exchange.isOver = true;
        reply(text);
      };
      const late = () => end(refuse('deadline', exchange));
      const fail = () => end(refuse('failure', exchange));
      const take = (body: Buffer | undefined) => {
        if (exchange.isTaken || exchange.isOver) return;
        exchange.isTaken = true;
        attempt(() => (body === undefined ? refuse('body', exchange) : judge(body, exchange)), end, fail);
      };
      const go = (isOkta: boolean) => (isOkta ? read(source, take) : end(refuse('authentication', exchange)));
      deadlines.start(late, exchange.startMs);
      attempt(() => authenticator.verify(credential), go, fail);
    },
  };
}

/** Continues with the result of `work`, at once if it exists already. */
function attempt<Result extends string | boolean>(
  work: () => Result | Promise<Result>,
  go: (result: Result) => void,
  fail: () => void,
): void {
  let result: Result | Promise<Result>;
  try {
    result = work();
  } catch {
    fail();
    return;
  }
  if (typeof result === 'object') result.then(go).catch(fail);
  else go(result);
}

/** One request on its way. */
interface Exchange {
  /** On the clock of `performance.now()`. */
  readonly startMs: number;
  /** Whether its body is there, or will not come. */
  isTaken: boolean;
  /** Whether it has been answered; results that arrive later are ignored. */
  isOver: boolean;
  /** The answer that leaves the tokens as they were, if the policy only observes them, whatever happens. */
  untouched: string | undefined;
}

/** Counts a refusal and returns its answer, even if the counter throws. */
function refuser(onRefused: HookOptions['onRefused']): (cause: Refusal, exchange: Exchange) => string {
  return (cause, { isOver, untouched }) => {
    try {
      if (!isOver) onRefused?.(cause);
    } catch {
      // A failed counter must not change the answer.
    }
    return untouched ?? unavailableReply.text;
  };
}

/** From the bytes of an authenticated request to the answer. */
function createJudge(options: HookOptions): (body: Buffer, exchange: Exchange) => string | Promise<string> {
  const { policy, replay = createReplayGuard(), clock = Date.now, maxSkewMs = replayWindowMs } = options;
  const { program, deadlineMs } = policy;
  const contexts = createContextReader(policy, options.settings);
  const refuse = refuser(options.onRefused);
  const hasSources = Object.keys(policy.sources).length > 0;
  const tellSetup = setupTeller(options);
  const finish = createFinish(options);
  const turns = createTurns();
  const untouchedReply = createUntouched(policy);

  return (body, exchange) => {
    const payload = parse(body);
    if (payload === undefined) return refuse('payload', exchange);
    if (isObserved(policy.observe, clientOf(payload))) exchange.untouched = untouchedReply(payload);
    const nowMs = clock();
    // Written so that a value that is not a time is refused.
    const isTimely = Math.abs(payload.eventTime - nowMs) <= maxSkewMs;
    if (!isTimely || !replay.admits(payload.eventId, crc32(body), nowMs)) return refuse('replay', exchange);
    const raw = contexts.read(payload, nowMs);
    const judged: Judged = { payload, raw, nowMs, answers: {} };
    tellSetup(payload, raw !== undefined);
    if (raw === undefined || isForeign(policy.guard, payload.access))
      return finish(judged, denial(unavailable), exchange);
    const driven = turns.of(program, () => exchange.isOver);
    const tell = (decision: Decision) => finish(judged, decision, exchange);
    if (!hasSources) {
      const decided = decideAtOnce(driven, raw);
      return decided instanceof Promise ? decided.then(tell) : tell(decided);
    }
    const { asking } = options;
    const { answers } = judged;
    const budgetMs = deadlineMs * (1 - answerShare) - (performance.now() - exchange.startMs);
    return enrich({ program: driven, context: raw, asking, deadlineMs: budgetMs, answers }).then(tell);
  };
}

/** Tells what is not in place at Okta, as far as a request shows it. */
function setupTeller({
  policy: { guard },
  onMissing,
}: HookOptions): (payload: Payload, isFed: boolean) => void {
  return ({ access }, isFed) => {
    try {
      if (!isFed) onMissing?.('feeders');
      if (access !== undefined) for (const recipe of missingRecipes(guard, access)) onMissing?.(recipe);
    } catch {
      // A failed notification must not change the answer.
    }
  };
}

/** A request that the policy has seen. */
interface Judged {
  readonly payload: Payload;
  /** Undefined if it is unclear what the request says. */
  readonly raw: RawContext | undefined;
  readonly nowMs: number;
  readonly answers: Record<string, Answer>;
}

/** The same as `enrich`, for a policy without sources. */
function decideAtOnce(program: Driven, raw: unknown): Decision | Promise<Decision> {
  try {
    const decided = program.decide(program.context(raw), {});
    return decided instanceof Promise ? decided.catch(() => denial(unavailable)) : decided;
  } catch {
    return denial(unavailable);
  }
}

/** From a decision to the answer; it is recorded before. */
function createFinish({ policy, record, auditKey, onDecided, onObserved }: HookOptions) {
  const respond = createResponder(policy);
  return (judged: Judged, decision: Decision, exchange: Exchange): string | Promise<string> => {
    const { text: reply, denied } = respond(decision, judged.payload);
    const { untouched } = exchange;
    const text = untouched ?? reply;
    const ms = performance.now() - exchange.startMs;
    const tell = () => {
      try {
        if (untouched === undefined) onDecided?.(denied === undefined ? 'issued' : 'denied', denied, ms);
        else onObserved?.(observation(decision, denied));
      } catch {
        // A failed counter must not change the answer.
      }
      return text;
    };
    if (record === undefined) return tell();
    const unrecorded = untouched ?? (denied === undefined ? auditReply.text : text);
    try {
      const recorded = record(
        recordOf(policy, auditKey, judged, decision, denied, untouched === undefined ? undefined : true, ms),
      );
      return recorded === undefined ? tell() : recorded.then(tell, () => unrecorded);
    } catch {
      return unrecorded;
    }
  };
}

/** A user's id is in it as a keyed digest only; a machine is its client. */
function recordOf(
  { program: { name, revision }, native, guard }: HookPolicy,
  auditKey: string | undefined,
  { payload, raw, nowMs, answers }: Judged,
  decision: Decision,
  refused: string | undefined,
  isObserved: true | undefined,
  ms: number,
): AuditRecord {
  const { access, id } = payload;
  const issued = { decision, refused, isObserved, answers, startMs: nowMs - ms, endMs: nowMs };
  const who =
    auditMember('subject', subjectDigest(createHmac, auditKey, raw?.user['id'])) +
    auditMember('client', clientOf(payload));
  const made = refused === undefined ? madeNatively(native, payload) : [];
  const more =
    auditMember('native', made.length > 0 ? made : undefined) +
    auditMember('jti', textOf(own(access?.claims, 'jti')) ?? textOf(own(id?.claims, 'jti'))) +
    auditMember('audience', access && (guard.quarantine?.to ?? audienceOf(access.claims))) +
    auditMember('grant', payload.grantType) +
    auditMember('request', payload.eventId);
  return JSON.parse(`{${auditMembers('okta', `${name}@${revision}`, issued, who, more).flat().join('')}}`);
}

/** The claims in the tokens that Okta makes for the policy. */
function madeNatively(native: HookPolicy['native'], { access, id }: Payload): readonly string[] {
  const tokens = [access, id];
  return Object.keys(native).filter((name) =>
    tokens.some((token) => own(token?.claims, native[name] ?? name) !== undefined),
  );
}

function clientOf({ protocol }: Payload): string | undefined {
  return textOf(partOf(protocol?.['client'])?.['id']);
}

const auditReply: Reply = denialReply(auditUnavailable);

function parse(body: Buffer): Payload | undefined {
  // Replaced characters could make one name of two.
  if (!isUtf8(body)) return undefined;
  try {
    const text = body.toString();
    const request: unknown = JSON.parse(text);
    // Nor may a half of a character that two names have in common.
    if (text.includes('\\u') && !isWellFormed(request)) return undefined;
    return readPayload(request, tokenTransform);
  } catch {
    return undefined;
  }
}

/** Whether all texts and names in it are free of lone surrogates. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every((entry) => entry.every(isWellFormed));
}
