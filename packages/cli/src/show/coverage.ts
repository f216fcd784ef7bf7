import type { Expression } from '@claimsmith/cel';
import {
  type BareRead,
  bareReads,
  formatPath,
  oneAnswer,
  otherScopes,
  type Policy,
  type PolicyClaim,
} from '@claimsmith/core';
import { fill, visible } from '../output/text.ts';
import type { Coverage, Untried } from '../proof/coverage.ts';
import type { Page } from './preview.ts';
import { anyValueOf } from './reasons.ts';

/**
 * How much of the policy the scenarios cover. The rest is grouped by what would have to happen, with how to write it.
 */
export function showCoverage({ cases, untried }: Coverage, policy: Policy, { paint, width }: Page): string[] {
  if (cases === 0) return [];
  if (untried.length === 0) return [`${paint.good('✓')} all ${cases} cases of the policy tried`];
  const text = `${cases - untried.length} of ${cases} cases of the policy tried; not tried yet:`;
  const [first = '', ...more] = fill(text, Math.max(20, width - 2));
  const kinds = new Map<string, Untried[]>();
  for (const one of untried) {
    const kind = `${partNames[one.part]} ${one.what}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  const lines = [...kinds].flatMap(([kind, all]) => [
    ...indented(`${kind}: ${all.map(({ name }) => visible(name)).join(', ')}`, 4, width),
    ...examplesOf(all, policy).map((example) => `        ${example}`),
  ]);
  return [
    `${paint.faint('·')} ${first}`,
    ...more.map((line) => `  ${line}`),
    ...[...lines, '    docs/scenarios.md says how to write each'].map((line) => paint.faint(line)),
  ];
}

const partNames = {
  policy: 'the whole policy',
  claim: 'a claim',
  scope: 'a scope',
  deny: 'a deny rule',
  challenge: 'a challenge',
  detail: 'an authorization detail',
  source: 'a source',
  cedar: 'a policy of Cedar',
} as const;

/** More would hide what they are examples of. */
const mostExamples = 2;

/** Lines for a scenario that make a case happen, each once. */
function examplesOf(untried: readonly Untried[], policy: Policy): readonly string[] {
  const examples = untried.flatMap((one) => exampleOf(one, policy) ?? []);
  return [...new Set(examples)].slice(0, mostExamples);
}

function exampleOf({ part, name, what }: Untried, policy: Policy): string | undefined {
  if (part === 'source') return what === 'fails' ? failing(name) : answering(name, policy);
  const condition = conditionOf(part, name, policy);
  if (condition !== undefined && what.includes('fails')) return withoutValue(bareReads(policy, condition));
  if (part === 'scope') return inContext('request.scopes', name === otherScopes ? '[another]' : `[${name}]`);
  const claim = part === 'claim' ? policy.claims.find((claim) => claim.name === name) : undefined;
  if (claim === undefined) return part === 'claim' ? lookupExample(name, what, policy) : undefined;
  if (what === 'is missing') return missing(claim, policy);
  const isForPeople = what.includes('subject') || claim.when?.source.includes('subject_type == "human"');
  return what.includes('left out') && isForPeople ? inContext('subject_type', 'machine') : undefined;
}

/** The same for a claim that services look up. */
function lookupExample(name: string, what: string, policy: Policy): string | undefined {
  const [source] = policy.lookups.claims.find((claim) => claim.name === name)?.reads.sources ?? [];
  return what === 'is missing' && source !== undefined
    ? failing(source).replace('sources:', 'later:')
    : undefined;
}

function conditionOf(part: Untried['part'], name: string, policy: Policy): Expression | undefined {
  switch (part) {
    case 'challenge':
    case 'deny': {
      const [, place] = / \(((?:deny|challenge)\[\d+\])\)$/.exec(name) ?? [];
      return policy.deny.find(({ path, reason }) =>
        place === undefined ? reason === name : formatPath(path) === place,
      )?.when;
    }
    case 'policy':
      return policy.applies?.when;
    case 'scope':
      return policy.scopes.find((scope) => scope.name === name)?.grant;
    case 'detail':
      return policy.details.find(({ type }) => type === name)?.grant;
    default:
      return policy.claims.find((claim) => claim.name === name)?.when;
  }
}

/** Contexts in which a condition lacks what it reads. */
function withoutValue([read]: readonly BareRead[]): string | undefined {
  if (read?.what === 'answer' || read?.what === 'row') return failing(read.text.split('.')[0] ?? '');
  return read && /^[\w.]+$/.test(read.text) ? inContext(read.text, 'null') : undefined;
}

/** Contexts in which the claim's value lacks what it reads. */
function missing(claim: PolicyClaim, policy: Policy): string | undefined {
  const { value, reads } = claim;
  const [name] = reads.sources;
  if (name !== undefined) return withoutField(name, claim, policy) ?? failing(name);
  const field = reads.fields.find((path) => value?.source.includes(path) && !neverMissing.has(path));
  return field === undefined ? undefined : inContext(field, 'null');
}

/** An answer without the claim's field, for cases in which a failed source would deny because of another claim. */
function withoutField(name: string, { value, onMissing }: PolicyClaim, policy: Policy): string | undefined {
  const isElsewhere = policy.claims.some(
    (other) => other.value !== value && other.onMissing === 'deny' && other.reads.sources.includes(name),
  );
  const field = value?.reads.find(({ path }) => path[0] === name)?.path[1];
  const isList = policy.sources.some((source) => source.name === name && source.isList);
  if (!isElsewhere || onMissing === 'deny' || field === undefined || isList) return undefined;
  return `sources: { ${name}: { ${field}: null } }`;
}

/** Fields that every issuer knows in every issuance. */
const neverMissing = new Set([
  'user.id',
  'client.id',
  'client.name',
  'request.grant_type',
  'request.scopes',
  'subject_type',
  'now',
]);

function answering(name: string, { sources }: Policy): string | undefined {
  const source = sources.find((source) => source.name === name);
  return source && `sources: { ${name}: ${anyValueOf(oneAnswer(source))} }`;
}

function failing(source: string): string {
  return `sources: { ${source}: { fails: timeout } }`;
}

/** `user.roles` as YAML: `context: { user: { roles: null } }`. */
function inContext(path: string, value: string): string {
  return ['context', ...path.split('.')].reduceRight(
    (inner, key, index, keys) => (index === keys.length - 1 ? `${key}: ${value}` : `${key}: { ${inner} }`),
    '',
  );
}

function indented(text: string, indent: number, width: number): string[] {
  return fill(text, Math.max(20, width - indent), 2).map((line) => ' '.repeat(indent) + line);
}
