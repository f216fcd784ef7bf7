import {
  costOf,
  type Expression,
  type Extent,
  MAX_CHARACTERS,
  MAX_ITEMS,
  namesIn,
  pathOf,
  type Sizes,
  type Type,
  text,
} from '@claimsmith/cel';
import { leewayMs } from '../freshness.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { tokenNames } from '../tokens.ts';
import { indent } from './readers.ts';
import { js, propertyAccess } from './text.ts';
import { delegatedTest, directText, isAlwaysTrue, type Work } from './work.ts';

/** `evaluateClaims(run)`: each claim in turn, even if an earlier one failed. */
export function claimsText(work: Work): string {
  const { claims } = work.policy;
  if (claims.length === 0) return '';
  const uncounted = uncountedClaims(claims);
  const calls = claims.map((claim) => claimText(work, claim, uncounted.has(claim))).join('\n');
  const named = namesIn(calls);
  const variables = [
    ...['context', 'sources', 'claims', 'access', 'id'].map((name) => `${name} = run.${name}`),
    'userinfo = (run.userinfo = {})',
  ].filter((variable) => named.has(variable.replace(/ .*/, '')));
  const declared = variables.length === 0 ? '' : `  var ${variables.join(', ')};\n`;
  return `function evaluateClaims(run) {\n${declared}${directText(calls)}${indent(calls)}\n}`;
}

function claimText(work: Work, claim: PolicyClaim, isUncounted: boolean): string {
  const { name, kind, onMissing } = claim;
  const { before, inside } = conditions(work, claim);
  const emit = [
    ...ageTexts(work, claim),
    `${targets(work, claim).join(' = ')} = ${boundedText(claim, valueText(work, claim, isUncounted))};`,
  ];
  const call = [
    'run',
    js(name),
    before ?? 'true',
    inside ?? 'undefined',
    functionText(emit),
    ...insteadText(work, claim),
  ].join(', ');
  const outcome = typeof onMissing === 'string' ? onMissing : 'default';
  const always = claim.when !== undefined && inside === undefined ? '; its `when` is always true here' : '';
  return `// ${printable(name)}: ${kind}, missing: ${outcome}${always}\nclaim(${call});`;
}

function functionText(statements: readonly string[]): string {
  return `function () {\n${indent(statements.join('\n'))}\n}`;
}

/** Names hold no white space, but anything else that prints. */
function printable(name: string): string {
  return name.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Where a claim's value goes. */
function targets({ claimsRead, names }: Work, { name, tokens }: PolicyClaim): readonly string[] {
  const alias = propertyAccess(names[name] ?? name);
  return [
    ...(claimsRead.has(name) ? [`claims${propertyAccess(name)}`] : []),
    ...tokenNames.filter((token) => tokens.includes(token)).map((token) => token + alias),
  ];
}

/** What happens instead of a denial if a claim is missing. */
function insteadText(work: Work, claim: PolicyClaim): readonly string[] {
  const { onMissing } = claim;
  if (typeof onMissing === 'string') return onMissing === 'deny' ? [] : ['omitted'];
  const value = [...targets(work, claim), js(onMissing.default)].join(' = ');
  return [functionText([`${value};`, "return 'default';"])];
}

/** The conditions under which a claim is emitted: who acts for the subject, its audiences, its clients, and its `when`. */
export function conditions(work: Work, { name, audiences, clients, when, delegated }: PolicyClaim) {
  const undelegated = delegatedTest(work, delegated);
  const addressed = [
    ...(undelegated === undefined ? [] : [undelegated]),
    ...(audiences ? [`${js(audiences)}.indexOf(context.request.audience) >= 0`] : []),
    ...(clients ? [`${js(clients)}.indexOf(context.client.id) >= 0`] : []),
  ];
  return {
    before: addressed.length === 0 ? undefined : addressed.join(' && '),
    inside: when && !isAlwaysTrue(work, when) ? work.functions.add('when', name, when) : undefined,
  };
}

/** Computes a claim's value; fails if a token cannot carry the value. */
function valueText(
  { functions }: Work,
  { name, type, value, constant }: PolicyClaim,
  isUncounted: boolean,
): string {
  if (value === undefined) return js(constant ?? []);
  const text = functions.call('value', name, value);
  // A number of the context is always finite, because its reader accepts no other.
  const isOwnDouble = type.kind === 'double' && pathOf(value.root) !== undefined;
  if (hasSize(type) && !isOwnDouble && !isUncounted) return `${checkOf(type)}(${text}, context.budget)`;
  return isNeverAbsent(value) ? text : `notAbsent(${text})`;
}

/** Whether a value fails where it is absent: a read that can fail, or a new list. */
function isNeverAbsent({ root, type, nodeCanFail }: Expression): boolean {
  if (type.kind === 'optional' || type.kind === 'dyn') return false;
  if (root.kind === 'select' || root.kind === 'index') return !root.optional && nodeCanFail(root);
  return root.kind === 'macro' && (root.name === 'filter' || root.name === 'map');
}

/** The most characters of all claims of a policy that take no steps. They are written in about 5 ms. */
const uncountedCharacters = 1_000_000;

/** Claims of texts that are limited however much the host gives: they are text by their type, and need no steps. */
function uncountedClaims(claims: Policy['claims']): ReadonlySet<PolicyClaim> {
  const uncounted = new Set<PolicyClaim>();
  let left = uncountedCharacters;
  for (const claim of claims) {
    const characters = charactersOf(claim);
    // Unlimited empty texts are NaN characters.
    if (!(characters <= left)) continue;
    left -= characters;
    uncounted.add(claim);
  }
  return uncounted;
}

/** The most characters of a claim of texts; infinite for other types, and where nothing limits them. */
function charactersOf({ type, value, maxItems = Number.POSITIVE_INFINITY }: PolicyClaim): number {
  if (value === undefined) return 0;
  if (checkOf(type) === 'claimValue') return Number.POSITIVE_INFINITY;
  const { length, inner } = costOf(value, largest).extent;
  return inner === undefined ? length : Math.min(length, maxItems) * inner.length;
}

const unlimited: Extent = text(Number.POSITIVE_INFINITY);

/** What readers accept at most. */
const largest: Sizes = {
  items: MAX_ITEMS,
  characters: MAX_CHARACTERS,
  total: Number.POSITIVE_INFINITY,
  at: ([root]) => (root === 'claims' ? { ...unlimited, inner: unlimited } : undefined),
};

/** That a claim is there at all also rests on the answers behind its `when`. */
function ageTexts(
  { policy, restsOn }: Work,
  { value, when, maxAgeSeconds, resolve }: PolicyClaim,
): readonly string[] {
  if (maxAgeSeconds === undefined) return [];
  const lifetimeSeconds = (policy.spec.lifetime?.access ?? 0) / 1000;
  return [...new Set([...restsOn(when), ...restsOn(value)])].map((source) => {
    const lagSeconds = (policy.sources.find(({ name }) => name === source)?.lagMs ?? 0) / 1000;
    // What is looked up serves at once.
    const later = resolve === 'request' ? 0 : lifetimeSeconds + leewayMs / 1000;
    const limit = maxAgeSeconds - later - lagSeconds;
    return `limitAge(run.answers, ${js(source)}, ${limit});`;
  });
}

/** A value within its declared bounds. */
function boundedText({ maxItems, maxBytes }: PolicyClaim, value: string): string {
  const few = maxItems === undefined ? value : `limitItems(${value}, ${maxItems})`;
  return maxBytes === undefined ? few : `limitBytes(${few}, ${maxBytes})`;
}

/** The check whether a token can carry a value of a type. */
function checkOf(type: Type): string {
  if (type.kind === 'string') return 'claimText';
  return type.kind === 'list' && type.element.kind === 'string' ? 'claimTexts' : 'claimValue';
}

/** Whether a value may be large, or no JSON. */
function hasSize({ kind }: Type): boolean {
  return kind !== 'bool' && kind !== 'int';
}
