import { formatType } from '@claimsmith/cel';
import { formatDuration, formatPath, type Policy, type PolicyClaim, withLookups } from '@claimsmith/core';
import { sameJson } from '../run/same-json.ts';

/**
 * What a change does to what tokens grant, as far as the text of the spec shows it:
 * - `wider`: tokens certainly grant something new, or for longer
 * - `narrower`: tokens certainly grant no more than before, and some less
 * - `same`: it does not change what tokens grant
 * - `unknown`: only decisions can show it
 */
export type Effect = 'wider' | 'narrower' | 'same' | 'unknown';

/** One change of a spec, in a reviewer's words. */
export interface Change {
  /** The part as `--allow-wider` takes it: `claims.roles`, `scopes["pay.approve"]`, `deny.suspended`. */
  readonly part: string;
  readonly kind:
    | 'added'
    | 'removed'
    | 'renamed'
    | 'retyped'
    | 'loosened'
    | 'tightened'
    | 'changed'
    | 'described';
  /** One sentence. */
  readonly text: string;
  readonly effect: Effect;
  /** Who reads the claim. */
  readonly consumers: readonly string[];
}

/** Everything that differs between two policies, part by part. */
export function changesOf(before: Policy, after: Policy): readonly Change[] {
  return [
    ...claimChanges(withLookups(before), withLookups(after)),
    ...ruleChanges(before, after),
    ...grantChanges(before, after, 'scopes'),
    ...grantChanges(before, after, 'authorizationDetails'),
    ...lifetimeChanges(before, after),
    ...otherChanges(before, after),
  ];
}

type Said = Policy['spec']['claims'][string];

function claimChanges(before: Policy, after: Policy): readonly Change[] {
  const find = ({ claims }: Policy, name: string) => claims.find((claim) => claim.name === name);
  const gone = before.claims.filter(({ name }) => find(after, name) === undefined);
  const come = after.claims.filter(({ name }) => find(before, name) === undefined);
  const renamed = new Map(
    gone.flatMap((claim) => {
      const to = come.filter((other) => isSame(said(before, claim.name), said(after, other.name)));
      const twins = gone.filter((other) => isSame(said(before, claim.name), said(before, other.name)));
      return to.length === 1 && to[0] !== undefined && twins.length === 1
        ? [[claim.name, to[0].name] as const]
        : [];
    }),
  );
  const changes: Change[] = [];
  for (const claim of gone) {
    const to = renamed.get(claim.name);
    const readers = consumersOf(before, claim.name);
    if (to !== undefined)
      changes.push({
        part: part('claims', to),
        kind: 'renamed',
        text: `The claim \`${claim.name}\` is called \`${to}\`.`,
        effect: claim.kind === 'authoritative' ? 'wider' : 'unknown',
        consumers: readers,
      });
    else
      changes.push({
        part: part('claims', claim.name),
        kind: 'removed',
        text: `The ${claim.kind} claim \`${claim.name}\` is gone${claim.onMissing === 'deny' ? '; where it had no value, the token was denied' : ''}.`,
        effect:
          claim.onMissing === 'deny' || isRead(before, claim.name)
            ? 'unknown'
            : claim.kind === 'authoritative'
              ? 'narrower'
              : 'same',
        consumers: readers,
      });
  }
  for (const claim of come) {
    if ([...renamed.values()].includes(claim.name)) continue;
    const { kind, name, resolve, tokens, type } = claim;
    const where = resolve === 'request' ? 'which services look up' : `in the ${tokens.join(' and ')} token`;
    changes.push({
      part: part('claims', name),
      kind: 'added',
      text: `The ${kind} claim \`${name}\` is new: ${formatType(type)}, ${where}.`,
      effect: kind === 'authoritative' ? 'wider' : isRead(after, name) ? 'unknown' : 'same',
      consumers: consumersOf(after, name),
    });
  }
  for (const claim of after.claims) {
    const old = find(before, claim.name);
    if (old !== undefined) changes.push(...changesOfClaim(before, after, old, claim));
  }
  return changes;
}

function changesOfClaim(
  before: Policy,
  after: Policy,
  old: PolicyClaim,
  claim: PolicyClaim,
): readonly Change[] {
  const { name } = claim;
  const [was, is] = [said(before, name), said(after, name)];
  const consumers = [...new Set([...consumersOf(before, name), ...consumersOf(after, name)])];
  const changes: Change[] = [];
  const denies = old.onMissing === 'deny' && claim.onMissing === 'deny';
  const add = (kind: Change['kind'], text: string, effect: Effect) =>
    changes.push({ part: part('claims', name), kind, text: `\`${name}\`: ${text}`, effect, consumers });
  const [oldType, type] = [formatType(old.type), formatType(claim.type)];
  if (oldType !== type) add('retyped', `it was ${oldType}, and is ${type}.`, 'unknown');
  if (old.kind !== claim.kind)
    add(
      claim.kind === 'authoritative' ? 'changed' : 'loosened',
      `it was ${old.kind}, and is ${claim.kind}.`,
      claim.kind === 'authoritative' ? 'wider' : 'unknown',
    );
  if (!isSame(old.onMissing, claim.onMissing)) {
    const isTighter = claim.onMissing === 'deny';
    const isLooser = old.onMissing === 'deny';
    add(
      isTighter ? 'tightened' : isLooser ? 'loosened' : 'changed',
      `without a value, ${missing(old)} before, and ${missing(claim)} now.`,
      isTighter ? 'narrower' : 'unknown',
    );
  }
  for (const key of ['maxItems', 'maxBytes'] as const)
    addBound(add, key, old[key], claim[key], String, denies ? 'narrower' : 'unknown');
  addBound(add, 'maxAge', seconds(old), seconds(claim), formatDuration, denies ? 'narrower' : 'unknown');
  const keys = [
    'value',
    'const',
    'when',
    'resolve',
    'tokens',
    'subjects',
    'delegated',
    'audiences',
    'clients',
  ] as const;
  for (const key of keys)
    if (!isSame(was?.[key], is?.[key]))
      add(
        'changed',
        `\`${key}\` was ${shown(was?.[key])}, and is ${shown(is?.[key])}.`,
        ofAuthority(before, after, claim, old),
      );
  if (!isSame(was?.as, is?.as))
    add(
      'renamed',
      `its names at issuers were ${shown(was?.as)}, and are ${shown(is?.as)}.`,
      ofAuthority(before, after, claim, old),
    );
  for (const key of ['owner', 'purpose', 'consumers', 'reviewBy'] as const)
    if (!isSame(was?.[key], is?.[key]))
      add('described', `\`${key}\` was ${shown(was?.[key])}, and is ${shown(is?.[key])}.`, 'same');
  return changes;
}

/** Only what grants, or what others read, changes what tokens grant. What is looked up changes by the hour, so scenarios show little of it. */
function ofAuthority(before: Policy, after: Policy, claim: PolicyClaim, old: PolicyClaim): Effect {
  if (claim.resolve === 'request') return claim.kind === 'authoritative' ? 'wider' : 'same';
  const isPlain = claim.kind === 'descriptive' && old.kind === 'descriptive';
  const denies = claim.onMissing === 'deny' || old.onMissing === 'deny';
  return isPlain && !denies && !isRead(before, claim.name) && !isRead(after, claim.name) ? 'same' : 'unknown';
}

function addBound(
  add: (kind: Change['kind'], text: string, effect: Effect) => void,
  key: string,
  old: number | undefined,
  now: number | undefined,
  text: (value: number) => string,
  lower: Effect,
): void {
  if (old === now) return;
  const isTighter = (now ?? Number.POSITIVE_INFINITY) < (old ?? Number.POSITIVE_INFINITY);
  const say = (value: number | undefined) => (value === undefined ? 'unlimited' : text(value));
  add(
    isTighter ? 'tightened' : 'loosened',
    `\`${key}\` was ${say(old)}, and is ${say(now)}.`,
    isTighter ? lower : 'unknown',
  );
}

function ruleChanges(before: Policy, after: Policy): readonly Change[] {
  const of = (policy: Policy, section: 'deny' | 'challenge') => policy.spec[section] ?? [];
  return (['deny', 'challenge'] as const).flatMap((section) => {
    const what = section === 'deny' ? 'deny rule' : 'challenge';
    const [was, is] = [of(before, section), of(after, section)];
    const gone = was.filter((rule) => !is.some((other) => isSame(rule, other)));
    const come = is.filter((rule) => !was.some((other) => isSame(rule, other)));
    const changes: Change[] = [];
    const add = (reason: string, kind: Change['kind'], text: string, effect: Effect) =>
      changes.push({ part: part(section, reason), kind, text, effect, consumers: [] });
    for (const rule of gone) {
      const now = come.find(({ reason }) => reason === rule.reason);
      if (now !== undefined)
        add(
          rule.reason,
          'changed',
          `The ${what} \`${rule.reason}\` was ${shown(rule.when)}, and is ${shown(now.when)}.`,
          isSame({ ...rule, message: undefined }, { ...now, message: undefined }) ? 'same' : 'unknown',
        );
      else
        add(
          rule.reason,
          'removed',
          `The ${what} \`${rule.reason}\` is gone: ${shown(rule.when)}.`,
          'unknown',
        );
    }
    for (const rule of come)
      if (!gone.some(({ reason }) => reason === rule.reason))
        add(rule.reason, 'added', `The ${what} \`${rule.reason}\` is new: ${shown(rule.when)}.`, 'narrower');
    if (changes.length === 0 && !isSame(was, is))
      changes.push({
        part: section,
        kind: 'changed',
        text: `The order of the ${what}s is another.`,
        effect: 'same',
        consumers: [],
      });
    return changes;
  });
}

function grantChanges(
  before: Policy,
  after: Policy,
  section: 'scopes' | 'authorizationDetails',
): readonly Change[] {
  const what = section === 'scopes' ? 'scope' : 'authorization detail';
  const of = (policy: Policy): Readonly<Record<string, object & { readonly grant?: string | undefined }>> =>
    policy.spec[section] ?? {};
  const [was, is] = [of(before), of(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.flatMap((name): readonly Change[] => {
    const [old, now] = [was[name], is[name]];
    if (isSame(old, now)) return [];
    const base = { part: part(section, name), consumers: [] };
    if (old === undefined)
      return [
        {
          ...base,
          kind: 'added',
          text: `The policy decides on the ${what} \`${name}\`: ${shown(now?.grant ?? now)}.`,
          effect: 'unknown',
        },
      ];
    if (now === undefined)
      return [
        {
          ...base,
          kind: 'removed',
          text: `The policy no longer decides on the ${what} \`${name}\`; the issuer does.`,
          effect: 'unknown',
        },
      ];
    const isOnlyGrant = isSame({ ...old, grant: undefined }, { ...now, grant: undefined });
    const isTighter = isOnlyGrant && isConjunct(old.grant, now.grant);
    const text = isOnlyGrant
      ? `The grant of \`${name}\` was ${shown(old.grant)}, and is ${shown(now.grant)}.`
      : `The ${what} \`${name}\` was ${shown(old)}, and is ${shown(now)}.`;
    return [
      {
        ...base,
        kind: isTighter ? 'tightened' : 'changed',
        text,
        effect: isTighter ? 'narrower' : 'unknown',
      },
    ];
  });
}

/** Whether a condition is another one and something more. Nothing that could bind otherwise may occur in it. */
function isConjunct(old: string | undefined, now: string | undefined): boolean {
  if (old === undefined || now === undefined || !now.startsWith(`${old} && `)) return false;
  return !/\|\||\?|["'#\n]/.test(now.replace(/"[^"\\\n]*"/g, ''));
}

function lifetimeChanges(before: Policy, after: Policy): readonly Change[] {
  const [old, now] = [before.spec.lifetime?.access, after.spec.lifetime?.access];
  if (old === now) return [];
  const say = (ms: number | undefined) => (ms === undefined ? 'that of the issuer' : formatDuration(ms));
  const text = `The lifetime of access tokens was ${say(old)}, and is ${say(now)}.`;
  const isKnown = old !== undefined && now !== undefined;
  const isLonger = isKnown && now > old;
  // With a shorter lifetime, a `maxAge` lets older answers of sources pass.
  const isNarrower =
    isKnown && now < old && after.claims.every(({ maxAgeSeconds }) => maxAgeSeconds === undefined);
  return [
    {
      part: 'lifetime',
      kind: isKnown ? (isLonger ? 'loosened' : 'tightened') : 'changed',
      text,
      effect: isLonger ? 'wider' : isNarrower ? 'narrower' : 'unknown',
      consumers: [],
    },
  ];
}

/** The other sections: that they differ, and where. */
function otherChanges(before: Policy, after: Policy): readonly Change[] {
  const known = [
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
  const [was, is]: readonly Readonly<Record<string, unknown>>[] = [before.spec, after.spec];
  const keys = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])].filter(
    (key) => !known.includes(key),
  );
  const harmless = ['name', 'owner', 'profiles'];
  return keys.flatMap((key): readonly Change[] => {
    const [old, now] = [was?.[key], is?.[key]];
    if (isSame(old, now)) return [];
    const effect: Effect = harmless.includes(key) ? 'same' : 'unknown';
    const kind = harmless.includes(key) ? 'described' : 'changed';
    const change = (path: readonly string[], a: unknown, b: unknown): Change => ({
      part: formatPath(path),
      kind: a === undefined ? 'added' : b === undefined ? 'removed' : kind,
      text: `\`${formatPath(path)}\` ${a === undefined ? `is new: ${shown(b)}` : b === undefined ? `is gone: ${shown(a)}` : `was ${shown(a)}, and is ${shown(b)}`}.`,
      effect,
      consumers: [],
    });
    if (!isRecord(old) || !isRecord(now)) return [change([key], old, now)];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return names
      .filter((name) => !isSame(old[name], now[name]))
      .map((name): Change => {
        const [a, b] = [old[name], now[name]];
        const whole = change([key, name], a, b);
        return isRecord(a) && isRecord(b) ? { ...whole, text: memberText(whole.part, a, b) } : whole;
      });
  });
}

/** Which members of a part differ. */
function memberText(part: string, old: Readonly<Record<string, unknown>>, now: typeof old): string {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const texts = names
    .filter((name) => !isSame(old[name], now[name]))
    .map((name) => `\`${name}\` was ${shown(old[name])}, and is ${shown(now[name])}`);
  return `\`${part}\`: ${texts.join('; ')}.`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said({ spec }: Policy, name: string): Said | undefined {
  return Object.hasOwn(spec.claims, name) ? spec.claims[name] : undefined;
}

function seconds({ maxAgeSeconds }: PolicyClaim): number | undefined {
  return maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000;
}

function missing({ onMissing }: PolicyClaim): string {
  if (onMissing === 'deny') return 'the token is denied';
  return onMissing === 'omit' ? 'it is left out' : `it is ${shown(onMissing.default)}`;
}

/** Whether a part that grants or denies, or another claim, reads it. */
function isRead({ claims, deny, scopes, details }: Policy, name: string): boolean {
  return [...claims, ...deny, ...scopes, ...details].some(({ reads }) => reads.claims.includes(name));
}

/** Those that the spec names, and the parts of the policy that read it. */
function consumersOf(policy: Policy, name: string): readonly string[] {
  return said(policy, name)?.consumers ?? [];
}

function part(section: string, name: string): string {
  return formatPath([section, name]);
}

function isSame(a: unknown, b: unknown): boolean {
  return sameJson(a ?? null, b ?? null);
}

/** At most one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ').trim();
  return `\`${line.length > 160 ? `${line.slice(0, 159)}…` : line}\``;
}
