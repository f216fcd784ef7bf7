import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Asking, denial, enrich, type SourceFailure, unavailable } from '@claimsmith/runtime';
import { type Authentication, createAuthenticator } from './authentication.ts';
import { createContextReader, grantType } from './context.ts';
import { readNode, readWeb, sendNode } from './http.ts';
import { type Payload, partOf, readPayload, textOf } from './payload.ts';
import type { HookPolicy } from './policy.ts';
import type { IssuanceRecord } from './record.ts';
import { createReplayGuard, replayWindowMs } from './replay.ts';
import { tokenTransform } from './reserved.ts';
import { createResponder, denialReply, type Reply, unavailableReply } from './respond.ts';

export interface HookOptions {
  /** What a built `policy.mjs` exports. */
  readonly policy: HookPolicy;
  /** How sources are asked; a server's comes from `serverAsking` of `@claimsmith/runtime/server`. */
  readonly asking: Asking;
  readonly authentication: Authentication;
  /**
   * Takes what became of an issuance, before Okta learns it: where it fails, nothing is issued. An issuance that is
   * recorded may still end without a token, where recording takes until the deadline; never the other way round.
   */
  readonly record?: (issuance: IssuanceRecord) => Promise<void> | void;
  /** Told of each request that was refused before a policy saw it. */
  readonly onRefused?: (cause: Refusal) => void;
  /** Unix time in milliseconds. Default: the machine's. */
  readonly clock?: () => number;
  /** How far an event's time may be from the clock's, in milliseconds. Default 5 minutes; more is for recorded requests. */
  readonly maxSkewMs?: number;
}

/**
 * - `authentication`: not shown to come from Okta
 * - `body`: too large, or broken off
 * - `payload`: no event of a token hook
 * - `replay`: too old, dated ahead, or known with another content
 * - `deadline`: not done in time
 * - `failure`: a defect
 */
export type Refusal = 'authentication' | 'body' | 'payload' | 'replay' | 'deadline' | 'failure';

/** Okta's token inline hook over two kinds of HTTP. Neither function ever rejects. */
export interface Hook {
  /** For `node:http` and Express. The body must not have been read yet. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** For servers that speak the Web's own types. */
  fetch(request: Request): Promise<Response>;
}

/** The constant that a client sees where the issuance could not be recorded. */
export const auditUnavailable = 'audit_unavailable';

/** What is left of the deadline for recording and sending, once sources have had their time. */
const answerShare = 0.05;

/**
 * Makes the handler of Okta's token inline hook.
 *
 * Okta issues a token unmodified for any answer other than status 200 with a body that it can apply, and for none at
 * all. So this answers with 200 by the policy's deadline, whatever happens; what may not be issued has the `error`
 * object. That holds for requests too that are not shown to come from Okta: to others it says nothing, and where the
 * secrets do not match by mistake, Okta issues nothing rather than tokens without their claims. No request is parsed
 * before it is authenticated.
 *
 * @throws RangeError for an authentication that authenticates nobody, or anybody
 * @see https://developer.okta.com/docs/guides/token-inline-hook/
 */
export function createHook(options: HookOptions): Hook {
  const authenticator = createAuthenticator(options.authentication);
  const { deadlineMs } = options.policy;
  const judge = createJudge(options);
  const refuse = refuser(options.onRefused);

  async function answer<Source>(
    exchange: Exchange,
    credential: string | undefined,
    source: Source,
    read: (source: Source) => Promise<Buffer | undefined>,
  ): Promise<string> {
    // A header is verified at once; nothing is then waited for.
    const verdict = authenticator.verify(credential);
    if (verdict !== true && !(verdict && (await verdict))) return refuse('authentication', exchange);
    const body = await read(source);
    return body === undefined ? refuse('body', exchange) : judge(body, exchange);
  }

  function answerInTime<Source>(
    credential: string | undefined,
    source: Source,
    read: (source: Source) => Promise<Buffer | undefined>,
  ): Promise<string> {
    return new Promise((resolve) => {
      const exchange: Exchange = { startMs: performance.now(), isOver: false };
      const settle = (text: string) => {
        clearTimeout(timer);
        exchange.isOver = true;
        resolve(text);
      };
      const timer = setTimeout(() => settle(refuse('deadline', exchange)), deadlineMs);
      answer(exchange, credential, source, read).then(settle, () => settle(refuse('failure', exchange)));
    });
  }

  return {
    async handle(request, response) {
      const credential = request.headers[authenticator.header];
      const text = await answerInTime(Array.isArray(credential) ? undefined : credential, request, readNode);
      sendNode(request, response, text);
    },
    async fetch(request) {
      const credential = request.headers.get(authenticator.header) ?? undefined;
      // A body that was read before is none.
      const reader = request.bodyUsed || request.body?.locked ? undefined : request.body?.getReader();
      const text = await answerInTime(credential, reader, readWeb);
      reader?.cancel().catch(() => undefined);
      return new Response(text, {
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      });
    },
  };
}

/** One request on its way. */
interface Exchange {
  /** On the clock of `performance.now()`. */
  readonly startMs: number;
  /** Whether it has been answered; what is still under way then counts no more. */
  isOver: boolean;
}

/** Counts a refusal, and gives the answer to it. A counter that throws changes nothing. */
function refuser(onRefused: HookOptions['onRefused']): (cause: Refusal, exchange: Exchange) => string {
  return (cause, { isOver }) => {
    try {
      if (!isOver) onRefused?.(cause);
    } catch {
      // Nothing hangs on being counted.
    }
    return unavailableReply.text;
  };
}

/** From the bytes of an authenticated request to the answer. */
function createJudge(options: HookOptions): (body: Buffer, exchange: Exchange) => Promise<string> {
  const { policy, record, clock = Date.now, maxSkewMs = replayWindowMs } = options;
  const { program } = policy;
  const policyName = `${program.name}@${program.revision}`;
  const contexts = createContextReader(policy);
  const respond = createResponder(policy);
  const replay = createReplayGuard();
  const refuse = refuser(options.onRefused);
  const hasSources = Object.keys(policy.sources).length > 0;

  return async (body, exchange) => {
    const { startMs } = exchange;
    const payload = parse(body);
    if (payload === undefined) return refuse('payload', exchange);
    const nowMs = clock();
    // Written so that a time that is none is refused.
    const isTimely = Math.abs(payload.eventTime - nowMs) <= maxSkewMs;
    if (!isTimely || !replay.admits(payload.eventId, hash('sha256', body, 'base64'), nowMs))
      return refuse('replay', exchange);
    const context = contexts.read(payload);
    const seen: Record<string, number | SourceFailure> = {};
    const asking = hasSources ? watched(options.asking, seen) : options.asking;
    const budgetMs = policy.deadlineMs * (1 - answerShare) - (performance.now() - startMs);
    const decision =
      context === undefined
        ? denial(unavailable)
        : await enrich({ program, context, asking, deadlineMs: budgetMs });
    const reply = respond(decision, payload);
    // Nobody gets what comes too late: it was not issued.
    if (record === undefined || exchange.isOver) return reply.text;
    const isRecorded = await succeeds(record, {
      eventId: payload.eventId,
      time: new Date(nowMs).toISOString(),
      policy: policyName,
      clientId: textOf(partOf(payload.protocol, 'client'), 'id'),
      grantType: grantType(payload),
      subjectType: context?.subject_type,
      decision: reply.denied === undefined ? 'issued' : 'denied',
      reason: reply.denied,
      outcomes: decision.outcomes,
      sources: seen,
      ms: performance.now() - startMs,
    });
    return isRecorded || reply.denied !== undefined ? reply.text : auditReply.text;
  };
}

const auditReply: Reply = denialReply(auditUnavailable);

function parse(body: Buffer): Payload | undefined {
  // Replaced characters could make one name of two.
  if (!isUtf8(body)) return undefined;
  try {
    return readPayload(JSON.parse(body.toString()), tokenTransform);
  } catch {
    return undefined;
  }
}

async function succeeds(
  record: NonNullable<HookOptions['record']>,
  issuance: IssuanceRecord,
): Promise<boolean> {
  try {
    await record(issuance);
    return true;
  } catch {
    return false;
  }
}

/** Notes the age of each answer, or the failure. What has not answered in time timed out. */
function watched({ ask, recall }: Asking, seen: Record<string, number | SourceFailure>): Asking {
  return {
    recall(need) {
      const answer = recall?.(need);
      if (answer !== undefined) seen[need.source] = 'failure' in answer ? answer.failure : answer.ageSeconds;
      return answer;
    },
    async ask(need, limits) {
      seen[need.source] = 'timeout';
      const answer = await ask(need, limits);
      if (!limits.signal.aborted)
        seen[need.source] = 'failure' in answer ? answer.failure : answer.ageSeconds;
      return answer;
    },
  };
}
