import { type Expression, formatType } from '@claimsmith/cel';
import { formatDuration, type Policy, type PolicyClaim, withLookups } from '@claimsmith/core';
import { type Change, type Effect, hasMore, isMoreDelegated, isSame, part, shown } from './change.ts';
import { compareConditions } from './conditions.ts';
import { grantChanges, ruleChanges } from './grants.ts';
import { otherChanges } from './settings.ts';

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
  const others = ofAuthority(before, after, claim, old);
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
      isTighter ? 'narrower' : isLooser ? 'wider' : others,
    );
  }
  const bounds = denies ? oneWay : { lower: others, higher: others };
  for (const key of ['maxItems', 'maxBytes'] as const)
    addBound(add, key, old[key], claim[key], String, bounds);
  addBound(add, 'maxAge', seconds(old), seconds(claim), formatDuration, bounds);
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
        others === 'unknown' && claim.kind === 'authoritative' ? ofKey(key, old, claim) : others,
      );
  // A value that reads the actor decides itself.
  if (was?.delegated === is?.delegated && isMoreDelegated(old, claim))
    add('loosened', 'it is for delegated tokens now.', others === 'unknown' ? 'wider' : others);
  if (!isSame(was?.as, is?.as))
    add(
      'renamed',
      `its names at issuers were ${shown(was?.as)}, and are ${shown(is?.as)}.`,
      others === 'unknown' && claim.kind === 'authoritative' ? 'wider' : others,
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

/** What an authoritative claim does that has another `key`: with more tokens or values, it grants something new. */
function ofKey(key: string, old: PolicyClaim, claim: PolicyClaim): Effect {
  switch (key) {
    case 'const':
      return 'changed';
    case 'value':
      return old.value !== undefined && claim.value !== undefined && isBool(old) && isBool(claim)
        ? ifLooser(old.value, claim.value)
        : old.value === undefined || claim.value === undefined
          ? 'changed'
          : 'unknown';
    case 'when':
      return ifLooser(old.when, claim.when);
    case 'subjects':
      return hasMore(old.subjects?.kinds, claim.subjects?.kinds) ? 'wider' : 'unknown';
    case 'audiences':
    case 'clients':
      return hasMore(old[key], claim[key]) ? 'wider' : 'unknown';
    case 'delegated':
      return isMoreDelegated(old, claim) ? 'wider' : 'unknown';
    default:
      return 'unknown';
  }
}

/** A condition that holds less often need not take anything away: it fails less often, too. */
function ifLooser(old: Expression | undefined, now: Expression | undefined): Effect {
  if (now === undefined) return 'wider';
  return old !== undefined && compareConditions(old, now) === 'looser' ? 'wider' : 'unknown';
}

function isBool({ type }: PolicyClaim): boolean {
  return type.kind === 'bool';
}

/** A bound that denies what is over it. */
const oneWay = { lower: 'narrower', higher: 'wider' } as const;

function addBound(
  add: (kind: Change['kind'], text: string, effect: Effect) => void,
  key: string,
  old: number | undefined,
  now: number | undefined,
  text: (value: number) => string,
  { lower, higher }: { readonly lower: Effect; readonly higher: Effect },
): void {
  if (old === now) return;
  const isTighter = (now ?? Number.POSITIVE_INFINITY) < (old ?? Number.POSITIVE_INFINITY);
  const say = (value: number | undefined) => (value === undefined ? 'unlimited' : text(value));
  add(
    isTighter ? 'tightened' : 'loosened',
    `\`${key}\` was ${say(old)}, and is ${say(now)}.`,
    isTighter ? lower : higher,
  );
}

function lifetimeChanges(before: Policy, after: Policy): readonly Change[] {
  const [old, now] = [before.spec.lifetime?.access, after.spec.lifetime?.access];
  if (old === now) return [];
  const say = (ms: number | undefined) => (ms === undefined ? 'that of the issuer' : formatDuration(ms));
  const text = `The lifetime of access tokens was ${say(old)}, and is ${say(now)}.`;
  const isKnown = old !== undefined && now !== undefined;
  // Without one, nothing bounds it.
  const isLonger = now === undefined || (old !== undefined && now > old);
  // With a shorter lifetime, a `maxAge` lets older answers of sources pass.
  const isNarrower =
    isKnown && now < old && after.claims.every(({ maxAgeSeconds }) => maxAgeSeconds === undefined);
  return [
    {
      part: 'lifetime',
      kind: isLonger ? 'loosened' : isKnown ? 'tightened' : 'changed',
      text,
      effect: isLonger ? 'wider' : isNarrower ? 'narrower' : 'unknown',
      consumers: [],
    },
  ];
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
