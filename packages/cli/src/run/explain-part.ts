import { countText, formatType } from '@claimsmith/cel';
import {
  ageSum,
  ageVerdict,
  assumedBytes,
  formatAge,
  formatDuration,
  freshnessOf,
  type Issuer,
  type Path,
  type Policy,
  type PolicyScope,
  type PolicySource,
  type Reads,
  restsOn,
  ruleTitle,
  settingsOf,
  worstSize,
} from '@claimsmith/core';
import { subjectsText } from '../show/reason.ts';
import type { Loaded } from '../spec/load.ts';
import { decidesOn } from './compare.ts';
import { questionOf } from './explanation.ts';
import { supplyOf } from './origin.ts';

/** Explains a part of a policy other than a claim, as labelled lines. */
export interface ExplainedPart {
  readonly part: 'scope' | 'deny' | 'challenge' | 'source' | 'field' | 'applies' | 'client' | 'detail';
  readonly name: string;
  /** After the name, in a few words. */
  readonly about: string;
  readonly facts: readonly Fact[];
}

export interface Fact {
  readonly label: string;
  readonly lines: readonly string[];
}

/** The forms in which a part may be named, to say so where none is found. */
export const partForms =
  'a claim, a scope, the reason of a deny rule or a challenge, a source, a field such as user.attributes.plan, a client, `applies`, or a rule';

/**
 * Explains the part with a name; its section may come before it: `deny.suspended`. Undefined if the policy has none.
 */
export function explainPart(loaded: Loaded, policy: Policy, name: string): ExplainedPart | undefined {
  const { issuers } = loaded;
  const named = (section: string) => (name.startsWith(`${section}.`) ? name.slice(section.length + 1) : name);
  if (name === 'applies') return appliesPart(policy, issuers);
  const scope =
    policy.scopes.find((one) => one.name === named('scopes')) ??
    policy.scopes.find((one) => one.placeholders.length > 0 && decidesOn(one, named('scopes')));
  if (scope !== undefined)
    return withFindings(scopePart(policy, issuers, scope), loaded, scope.path.slice(0, 2));
  const rule = policy.deny.find(
    ({ reason, challenge }) => reason === named(challenge === undefined ? 'deny' : 'challenge'),
  );
  if (rule !== undefined) return withFindings(rulePart(policy, issuers, rule), loaded, rule.path);
  const source = policy.sources.find((one) => one.name === named('sources'));
  if (source !== undefined) return withFindings(sourcePart(policy, source), loaded, ['sources', source.name]);
  const detail = policy.details.find(({ type }) => type === named('authorizationDetails'));
  if (detail !== undefined)
    return {
      part: 'detail',
      name: detail.type,
      about: 'authorization details',
      facts: [
        { label: 'grant', lines: [policy.spec.authorizationDetails?.[detail.type]?.grant ?? ''] },
        { label: 'fields', lines: fieldsOf(detail.fields) },
        { label: 'delegated', lines: [delegatedText(detail.delegated)] },
        ...readFacts(policy, issuers, detail.reads),
        { label: 'if refused', lines: ['no token: a refused detail denies the issuance'] },
      ],
    };
  return fieldPart(policy, issuers, name) ?? clientPart(policy, named('clients'));
}

/** What the rule says of this spec: its findings, and the numbers behind it. */
export function ruleFacts({ findings }: Loaded, policy: Policy | undefined, id: string): readonly Fact[] {
  const own = findings.filter(({ rule }) => rule === id);
  const numbers =
    policy === undefined
      ? []
      : ['TE501', 'TE502', 'TE503', 'TE507'].includes(id)
        ? ageLines(policy)
        : id === 'TE801'
          ? sizeLines(policy)
          : [];
  return [
    {
      label: 'here',
      lines:
        own.length === 0
          ? ['no finding of this rule']
          : own.map(
              ({ range, message }) =>
                `${range === undefined ? '' : `${range.start.line}:${range.start.column} `}${message}`,
            ),
    },
    { label: 'numbers', lines: numbers },
  ];
}

function ageLines(policy: Policy): readonly string[] {
  return policy.claims.flatMap((claim) => {
    const age = freshnessOf(policy, claim);
    if (age === undefined) return [];
    const { maxAgeMs = 0 } = age;
    const verdict = {
      fits: `fits into maxAge ${formatDuration(maxAgeMs)}`,
      exceeded: `over maxAge ${formatDuration(maxAgeMs)}`,
      unproven: `maxAge ${formatDuration(maxAgeMs)} is not proven`,
      unlimited: 'no maxAge',
    }[ageVerdict(age)];
    return [`${claim.name}: ${ageSum(age).replaceAll('`', '')}; ${verdict}`];
  });
}

function sizeLines(policy: Policy): readonly string[] {
  const { bytes, claims, unlimited } = worstSize(policy);
  return [
    `${countText(bytes)} bytes for the largest access token, with texts of ${assumedBytes}`,
    ...claims.map(({ name, bytes: own }) => `${name}: ${countText(own)} bytes of JSON`),
    ...unlimited.map((name) => `${name}: nothing limits it`),
  ];
}

function scopePart(policy: Policy, issuers: readonly Issuer[], scope: PolicyScope): ExplainedPart {
  const { name, placeholders, add, delegated, reads } = scope;
  const written = policy.spec.scopes?.[name];
  return {
    part: 'scope',
    name,
    about: placeholders.length > 0 ? `scope for each ${placeholders.join(' and ')}` : 'scope',
    facts: [
      { label: 'grant', lines: written?.grant === undefined ? [] : [written.grant] },
      {
        label: 'for',
        lines: Object.entries(written?.subjects ?? {}).map(([kind, grant]) => `${kind}: ${grant}`),
      },
      { label: 'delegated', lines: [delegatedText(delegated)] },
      { label: 'added', lines: add ? ['also if the client did not ask for it'] : [] },
      ...readFacts(policy, issuers, reads),
      {
        label: 'if false',
        lines: ['the scope is removed, or the token is denied where the issuer cannot remove it'],
      },
    ],
  };
}

function rulePart(policy: Policy, issuers: readonly Issuer[], rule: Policy['deny'][number]): ExplainedPart {
  const { reason, message, challenge, subjects, reads, path } = rule;
  const [section, index] = path;
  const written = policy.spec[section === 'challenge' ? 'challenge' : 'deny']?.[Number(index)];
  return {
    part: challenge === undefined ? 'deny' : 'challenge',
    name: reason,
    about: challenge === undefined ? 'deny rule' : `challenge: asks for ${challenge.with}`,
    facts: [
      { label: 'when', lines: [written?.when ?? rule.when.source] },
      { label: 'for', lines: subjects === undefined ? ['everybody'] : [subjectsText(subjects)] },
      { label: 'message', lines: message === undefined ? [] : [message] },
      {
        label: 'enroll',
        lines: challenge?.enroll === true ? ['a user without a factor may set one up'] : [],
      },
      ...readFacts(policy, issuers, reads),
      {
        label: 'if true',
        lines: [
          challenge === undefined
            ? `no token: ${reason}`
            : `the login asks for ${challenge.with}; where nothing can ask, no token: ${reason}`,
        ],
      },
      { label: 'if it fails', lines: ['no token: enrichment_unavailable'] },
    ],
  };
}

function sourcePart(policy: Policy, source: PolicySource): ExplainedPart {
  const { name, timeoutMs, retries, lagMs, cacheMs, staleMs, returns, reads, kind } = source;
  const written = policy.spec.sources?.[name];
  const rests = restsOn(policy);
  const isBehind = ({ reads: own }: { readonly reads: Reads }) => rests(own).sources.includes(name);
  return {
    part: 'source',
    name,
    about: `source, ${kind}`,
    facts: [
      { label: 'asks', lines: [questionOf(written)] },
      { label: 'asked', lines: written?.when === undefined ? [] : [`only where ${written.when}`] },
      { label: 'returns', lines: fieldsOf(returns) },
      {
        label: 'time',
        lines: [`${formatDuration(timeoutMs)} to answer${retries === 0 ? '' : `, ${retries + 1} attempts`}`],
      },
      {
        label: 'age',
        lines: [
          lagMs + cacheMs + staleMs === 0
            ? 'as old as the token'
            : `lag ${formatAge(lagMs)} + cache ${formatAge(cacheMs)} + stale ${formatAge(staleMs)} = ${formatAge(lagMs + cacheMs + staleMs)} before the token`,
        ],
      },
      {
        label: 'asked with',
        lines: [...reads.fields, ...reads.sources.map((other) => `the answer of ${other}`)],
      },
      {
        label: 'needs',
        lines: [...new Set(settingsOf(source))].map((setting) => `${setting} when deployed`),
      },
      { label: 'owner', lines: written?.owner === undefined ? [] : [written.owner] },
      {
        label: 'if it fails',
        lines: [
          ...policy.claims
            .filter(isBehind)
            .map(({ name: claim, onMissing }) =>
              onMissing === 'deny'
                ? `${claim}: no token`
                : `${claim}: ${onMissing === 'omit' ? 'left out' : `the default ${JSON.stringify(onMissing.default)}`}`,
            ),
          ...policy.deny.filter(isBehind).map((rule) => `${ruleTitle(rule).replaceAll('`', '')}: no token`),
          ...[...policy.scopes].filter(isBehind).map((scope) => `scope ${scope.name}: refused`),
          ...policy.details.filter(isBehind).map(({ type }) => `authorization detail ${type}: no token`),
        ],
      },
    ],
  };
}

function appliesPart(policy: Policy, issuers: readonly Issuer[]): ExplainedPart {
  const { applies, spec } = policy;
  return {
    part: 'applies',
    name: 'applies',
    about: 'for which tokens the policy is',
    facts: [
      { label: 'when', lines: [spec.applies ?? 'always: the spec has no condition'] },
      ...(applies === undefined ? [] : readFacts(policy, issuers, applies.reads)),
      {
        label: 'if false',
        lines:
          applies === undefined
            ? []
            : ['the token stays as the issuer made it: no claims, no marker, and nothing is denied'],
      },
      { label: 'if it fails', lines: applies === undefined ? [] : ['no token: enrichment_unavailable'] },
    ],
  };
}

/** A field of the identity context, also by the name of an attribute alone. */
function fieldPart(policy: Policy, issuers: readonly Issuer[], name: string): ExplainedPart | undefined {
  const attributes = policy.spec.user?.attributes ?? {};
  const field = Object.hasOwn(attributes, name) ? `user.attributes.${name}` : name;
  const attribute = /^user\.attributes\.(.+)$/s.exec(field)?.[1];
  const declared = attribute !== undefined && Object.hasOwn(attributes, attribute);
  const from = issuers.map((issuer) => [issuer, supplyOf(issuer, field)] as const);
  const isKnown = declared || (attribute === undefined && from.some(([, origins]) => origins !== undefined));
  if (!isKnown) return undefined;
  const reads = ({ reads: { fields } }: { readonly reads: Reads }) =>
    fields.some((one) => one === field || one.startsWith(`${field}.`));
  return {
    part: 'field',
    name: field,
    about: attribute === undefined ? 'field of the identity context' : 'user attribute',
    facts: [
      { label: 'type', lines: declared ? [JSON.stringify(attributes[attribute]).replace(/^"|"$/g, '')] : [] },
      {
        label: 'from',
        lines: from.flatMap(([{ id }, origins]) =>
          origins === undefined || Object.keys(origins).length === 0
            ? [`${id}: cannot supply it`]
            : Object.entries(origins).map(([trigger, where]) => `${id} ${trigger}: ${where}`),
        ),
      },
      { label: 'read by', lines: readers(policy, reads) },
    ],
  };
}

function readers(policy: Policy, reads: (part: { readonly reads: Reads }) => boolean): readonly string[] {
  return [
    ...(policy.applies !== undefined && reads(policy.applies) ? ['applies'] : []),
    ...policy.claims.filter(reads).map(({ name }) => `claim ${name}`),
    ...policy.sources.filter(reads).map(({ name }) => `source ${name}`),
    ...policy.deny.filter(reads).map((rule) => ruleTitle(rule).replace(/^The /, '').replaceAll('`', '')),
    ...policy.scopes.filter(reads).map(({ name }) => `scope ${name}`),
    ...policy.details.filter(reads).map(({ type }) => `authorization detail ${type}`),
  ];
}

/** A client that the spec names: what is only for it, and what it does not get. */
function clientPart(policy: Policy, name: string): ExplainedPart | undefined {
  const limited = policy.claims.filter(({ clients }) => clients !== undefined);
  const own = limited.filter(({ clients }) => clients?.includes(name));
  const settings = Object.entries(policy.spec.issuers ?? {}).filter(([, one]) => mentions(one, name));
  const conditions = [policy.spec.applies, ...(policy.spec.deny ?? []).map(({ when }) => when)].filter(
    (text) => text?.includes(JSON.stringify(name)) === true,
  );
  if (own.length === 0 && settings.length === 0 && conditions.length === 0) return undefined;
  return {
    part: 'client',
    name,
    about: 'client',
    facts: [
      { label: 'its claims', lines: own.map((claim) => claim.name) },
      {
        label: 'not for it',
        lines: limited.filter((claim) => !own.includes(claim)).map((claim) => claim.name),
      },
      { label: 'settings', lines: settings.map(([issuer]) => `issuers.${issuer} names it`) },
      { label: 'conditions', lines: conditions.filter((text) => text !== undefined) },
    ],
  };
}

/** Whether settings have a name as a key or a value below. */
function mentions(value: unknown, name: string): boolean {
  if (value === name) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => key === name || mentions(member, name));
}

function readFacts(policy: Policy, issuers: readonly Issuer[], reads: Reads): readonly Fact[] {
  const cannot = reads.fields.flatMap((field) => {
    const lacking = issuers.filter((issuer) => Object.keys(supplyOf(issuer, field) ?? {}).length === 0);
    return lacking.length === 0
      ? []
      : [`${field}: ${lacking.map(({ id }) => id).join(', ')} cannot supply it`];
  });
  const through = restsOn(policy)(reads);
  return [
    {
      label: 'reads',
      lines: [
        ...reads.fields,
        ...reads.claims.map((claim) => `claims.${claim}`),
        ...reads.sources.map((one) => `source ${one}`),
      ],
    },
    {
      label: 'through',
      lines: through.sources.filter((one) => !reads.sources.includes(one)).map((one) => `source ${one}`),
    },
    { label: 'missing', lines: cannot },
  ];
}

/** With `rows` or `each`, the list is the only field. */
function fieldsOf(record: PolicySource['returns']): readonly string[] {
  return Object.entries(record.fields).map(([name, { type }]) => `${name}: ${formatType(type)}`);
}

function delegatedText(delegated: PolicyScope['delegated']): string {
  if (delegated === 'always') return 'yes, also where somebody acts for the subject';
  return delegated === 'agents' ? 'to agents' : 'no: refused where somebody acts for the subject';
}

/** With what `check` says of the part. */
function withFindings(part: ExplainedPart, { findings }: Loaded, path: Path): ExplainedPart {
  const own = findings.filter(({ range }) => path.every((step, depth) => range?.path?.[depth] === step));
  const lines = own.map(
    ({ rule, issuer, message }) => `${rule}${issuer === undefined ? '' : ` ${issuer}`}: ${message}`,
  );
  return { ...part, facts: [...part.facts, { label: 'findings', lines: [...new Set(lines)] }] };
}
