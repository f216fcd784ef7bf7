import { formatPath, type Policy, restsOn } from '@claimsmith/core';
import { type Change, type Effect, hasMore, isSame, shown } from './change.ts';
import { compareConditions } from './conditions.ts';

/** The sections of a spec that have changes of their own, or do not say anything about tokens. */
const elsewhere: readonly string[] = [
  '$schema',
  'version',
  'claims',
  'deny',
  'challenge',
  'scopes',
  'authorizationDetails',
  'lifetime',
  'accept',
];

const harmless: readonly string[] = ['name', 'owner', 'profiles', 'audit'];

/** The other sections: what differs, and where. */
export function otherChanges(before: Policy, after: Policy): readonly Change[] {
  const [was, is]: readonly Fields[] = [before.spec, after.spec];
  const keys = namesOf(was, is).filter((key) => !elsewhere.includes(key));
  return keys.flatMap((key): readonly Change[] => {
    const [old, now] = [was?.[key], is?.[key]];
    if (isSame(old, now)) return [];
    const kind = harmless.includes(key) ? 'described' : 'changed';
    const change = (path: readonly string[], a: unknown, b: unknown): Change => ({
      part: formatPath(path),
      kind: a === undefined ? 'added' : b === undefined ? 'removed' : kind,
      text: `\`${formatPath(path)}\` ${a === undefined ? `is new: ${shown(b)}` : b === undefined ? `is gone: ${shown(a)}` : `was ${shown(a)}, and is ${shown(b)}`}.`,
      effect: harmless.includes(key) ? 'same' : ofSetting(before, after, path, a, b),
      consumers: [],
    });
    if (!isFields(old) || !isFields(now)) return [change([key], old, now)];
    return namesOf(old, now)
      .filter((name) => !isSame(old[name], now[name]))
      .map((name): Change => {
        const [a, b] = [old[name], now[name]];
        const whole = change([key, name], a, b);
        return isFields(a) && isFields(b) ? { ...whole, text: memberText(whole.part, a, b) } : whole;
      });
  });
}

/** What a part does that is neither a claim nor a rule nor a grant. */
function ofSetting(
  before: Policy,
  after: Policy,
  [section, name = '']: readonly string[],
  old: unknown,
  now: unknown,
): Effect {
  if (section === 'applies') return ofApplies(before, after);
  const isBoth = isFields(old) && isFields(now);
  if (section === 'sources' && isBoth) return ofSource(after, name, old, now);
  // An issuer without settings has the defaults.
  return section === 'issuers' && isBoth ? ofIssuer(before, after, old, now) : 'unknown';
}

/** Tokens that a policy is no longer for are not refused; those that it is newly for carry what it grants. */
function ofApplies(before: Policy, after: Policy): Effect {
  const [old, now] = [before.applies?.when, after.applies?.when];
  const compared =
    old === undefined ? 'stricter' : now === undefined ? 'looser' : compareConditions(old, now);
  if (compared === 'stricter') return ifRefused(before);
  return compared === 'looser' ? ifGranting(after) : compared;
}

/** With `cache` and `stale`, what somebody has lost stays in new tokens for longer. */
function ofSource(after: Policy, name: string, old: Fields, now: Fields): Effect {
  const isLonger = ['cache', 'stale'].some((key) => Number(now[key] ?? 0) > Number(old[key] ?? 0));
  return isLonger && decidesBy(after, name) ? 'wider' : 'unknown';
}

/** Whether something that grants or denies rests on a source. */
function decidesBy(policy: Policy, name: string): boolean {
  const { claims, lookups, deny, scopes, details } = policy;
  const all = { claims: [...claims, ...lookups.claims], sources: [...policy.sources, ...lookups.sources] };
  const rests = restsOn(all);
  const authority = all.claims.filter(
    ({ kind, onMissing }) => kind === 'authoritative' || onMissing === 'deny',
  );
  return [...authority, ...deny, ...scopes, ...details].some(({ reads }) =>
    rests(reads).sources.includes(name),
  );
}

function ofIssuer(before: Policy, after: Policy, old: Fields, now: Fields): Effect {
  const effects = namesOf(old, now)
    .filter((key) => !isSame(old[key], now[key]))
    .map((key) => ofIssuerKey(before, after, key, old[key], now[key]));
  return (
    effects.find((effect) => effect === 'wider') ??
    effects.find((effect) => effect === 'unknown') ??
    'narrower'
  );
}

function ofIssuerKey(before: Policy, after: Policy, key: string, old: unknown, now: unknown): Effect {
  switch (key) {
    case 'clients':
    case 'audiences':
    case 'triggers': {
      const [was, is] = [textsOf(old), textsOf(now)];
      if (hasMore(is, was)) return ifRefused(before);
      return ifGranting(after);
    }
    // Where the policy only tells what it would do, nothing is refused.
    case 'observe':
      return isLessObserved(old, now) ? 'unknown' : ifRefused(before);
    case 'guard':
      return hasMore(textsOf(now ?? []), textsOf(old ?? [])) ? 'wider' : 'unknown';
    case 'missing':
      return now === 'guard' ? 'wider' : 'unknown';
    case 'serviceAccounts':
      return now === true ? 'wider' : 'unknown';
    case 'remove': {
      const [was, is] = [removedIn(old), removedIn(now)];
      return hasMore(is, was) ? 'wider' : 'narrower';
    }
    default:
      return 'unknown';
  }
}

function ifGranting({ claims }: Policy): Effect {
  return claims.some(({ kind }) => kind === 'authoritative') ? 'wider' : 'unknown';
}

/** A policy that refuses nothing only adds to tokens. */
function ifRefused({ claims, deny, scopes, details }: Policy): Effect {
  const isRefusing = claims.some(({ onMissing }) => onMissing === 'deny');
  return isRefusing || deny.length + scopes.length + details.length > 0 ? 'wider' : 'unknown';
}

/** Undefined stands for all. */
function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** Whether the policy is certainly in force for all clients for which it was. */
function isLessObserved(old: unknown, now: unknown): boolean {
  if (now === undefined || old === true) return true;
  if (!isFields(old) || !isFields(now)) return false;
  const [was, is] = [textsOf(old['clients']), textsOf(now['clients'])];
  if (was !== undefined && is !== undefined) return !hasMore(was, is);
  const [except, others] = [textsOf(old['except']), textsOf(now['except'])];
  return except !== undefined && others !== undefined && !hasMore(others, except);
}

/** `access.realm_access` for each claim of the issuer that is taken out. */
function removedIn(remove: unknown): readonly string[] {
  if (!isFields(remove)) return [];
  return Object.entries(remove).flatMap(([token, names]) =>
    (textsOf(names) ?? []).map((name) => `${token}.${name}`),
  );
}

/** Which members of a part differ. */
function memberText(part: string, old: Fields, now: Fields): string {
  const texts = namesOf(old, now)
    .filter((name) => !isSame(old[name], now[name]))
    .map((name) => `\`${name}\` was ${shown(old[name])}, and is ${shown(now[name])}`);
  return `\`${part}\`: ${texts.join('; ')}.`;
}

type Fields = Readonly<Record<string, unknown>>;

function namesOf(old: Fields = {}, now: Fields = {}): readonly string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(now)])];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
