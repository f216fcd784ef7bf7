import { otherScopes, own, type Policy, type PolicyDetail, type PolicyScope } from '@claimsmith/core';
import { type Change, type Effect, hasMore, isMoreDelegated, isSame, part, shown } from './change.ts';
import { compareConditions } from './conditions.ts';

/** Deny rules and challenges. */
export function ruleChanges(before: Policy, after: Policy): readonly Change[] {
  return (['deny', 'challenge'] as const).flatMap((section) => {
    const what = section === 'deny' ? 'deny rule' : 'challenge';
    const [was, is] = [rulesOf(before, section), rulesOf(after, section)];
    const gone = was.filter(({ said }) => !is.some((other) => isSame(said, other.said)));
    const come = is.filter(({ said }) => !was.some((other) => isSame(said, other.said)));
    const changes: Change[] = [];
    const add = (reason: string, kind: Change['kind'], text: string, effect: Effect) =>
      changes.push({ part: part(section, reason), kind, text, effect, consumers: [] });
    const of = (rules: readonly Rule[], reason: string) => rules.filter(({ said }) => said.reason === reason);
    for (const rule of gone) {
      const { reason, when } = rule.said;
      const [now, ...further] = of(come, reason);
      if (now === undefined)
        add(reason, 'removed', `The ${what} \`${reason}\` is gone: ${shown(when)}.`, 'wider');
      else
        add(
          reason,
          'changed',
          `The ${what} \`${reason}\` was ${shown(when)}, and is ${shown(now.said.when)}.`,
          further.length === 0 && of(gone, reason).length === 1 ? ofRule(rule, now) : 'unknown',
        );
    }
    for (const { said } of come)
      if (of(gone, said.reason).length === 0)
        add(said.reason, 'added', `The ${what} \`${said.reason}\` is new: ${shown(said.when)}.`, 'narrower');
    if (
      changes.length === 0 &&
      !isSame(
        was.map(({ said }) => said),
        is.map(({ said }) => said),
      )
    )
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

interface Rule {
  readonly said: NonNullable<Policy['spec']['deny']>[number];
  readonly compiled: Policy['deny'][number];
}

function rulesOf({ spec, deny }: Policy, section: 'deny' | 'challenge'): readonly Rule[] {
  return deny.flatMap((compiled) => {
    const [list, index] = compiled.path;
    const said = list === section ? spec[section]?.[Number(index)] : undefined;
    return said === undefined ? [] : [{ said, compiled }];
  });
}

/** A rule that holds less often denies fewer tokens; so does one that is for fewer subjects. */
function ofRule({ said: was, compiled: old }: Rule, { said: is, compiled: now }: Rule): Effect {
  if (isSame({ ...was, message: undefined }, { ...is, message: undefined })) return 'same';
  if (now.challenge?.enroll === true && old.challenge?.enroll === false) return 'wider';
  const compared = was.when === is.when ? 'same' : compareConditions(old.when, now.when);
  const [before, after] = [old.subjects?.kinds, now.subjects?.kinds];
  if (compared === 'stricter' || hasMore(after, before)) return 'wider';
  if (compared === 'unknown') return 'unknown';
  const isSpaced = compared === 'same' && !hasMore(before, after);
  return isSpaced && now.challenge?.enroll === old.challenge?.enroll ? 'same' : 'narrower';
}

/** Scopes, or types of authorization details. */
export function grantChanges(
  before: Policy,
  after: Policy,
  section: 'scopes' | 'authorizationDetails',
): readonly Change[] {
  const what = section === 'scopes' ? 'scope' : 'authorization detail';
  const [was, is] = [grantsOf(before, section), grantsOf(after, section)];
  const names = [...new Set([...was.keys(), ...is.keys()])];
  return names.flatMap((name): readonly Change[] => {
    const [old, now] = [was.get(name), is.get(name)];
    const base = { part: part(section, name), consumers: [] };
    if (old === undefined)
      return now === undefined
        ? []
        : [
            {
              ...base,
              kind: 'added',
              text: `The policy decides on the ${what} \`${name}\`: ${shown(now.said.grant ?? now.said)}.`,
              effect: now.said.add === true ? 'wider' : isLeftBy(before, now) ? 'narrower' : 'unknown',
            },
          ];
    if (now === undefined)
      return [
        {
          ...base,
          kind: 'removed',
          text: `The policy no longer decides on the ${what} \`${name}\`; the issuer does.`,
          effect: old.said.add !== true && isLeftBy(after, old) ? 'wider' : 'unknown',
        },
      ];
    // A grant that reads the actor decides itself.
    const isMore = isMoreDelegated(old.compiled, now.compiled);
    if (isSame(old.said, now.said) && !isMore) return [];
    const isOnlyGrant = isSame({ ...old.said, grant: undefined }, { ...now.said, grant: undefined });
    const effect = isMore ? 'wider' : ofGrant(old, now);
    return [
      {
        ...base,
        kind: effect === 'narrower' ? 'tightened' : effect === 'wider' ? 'loosened' : 'changed',
        text: isSame(old.said, now.said)
          ? `The ${what} \`${name}\` is for delegated tokens now.`
          : isOnlyGrant
            ? `The grant of \`${name}\` was ${shown(old.said.grant)}, and is ${shown(now.said.grant)}.`
            : `The ${what} \`${name}\` was ${shown(old.said)}, and is ${shown(now.said)}.`,
        effect,
      },
    ];
  });
}

interface Grant {
  readonly said: {
    readonly grant?: string | undefined;
    readonly subjects?: Readonly<Record<string, string>> | undefined;
    readonly add?: boolean | undefined;
    readonly fields?: object;
  };
  readonly compiled: PolicyScope | PolicyDetail;
}

function grantsOf(
  { spec, scopes, details }: Policy,
  section: 'scopes' | 'authorizationDetails',
): ReadonlyMap<string, Grant> {
  const compiled =
    section === 'scopes'
      ? scopes.map((scope) => [scope.name, scope] as const)
      : details.map((detail) => [detail.type, detail] as const);
  return new Map(
    compiled.flatMap(([name, grant]) => {
      const said = own(spec[section] ?? {}, name);
      return said === undefined ? [] : [[name, { said, compiled: grant }]];
    }),
  );
}

function ofGrant({ said: was, compiled: old }: Grant, { said: is, compiled: now }: Grant): Effect {
  const compared = compareConditions(old.grant, now.grant);
  const [before, after] = [was.subjects ?? {}, is.subjects ?? {}];
  // Without `grant`, a kind that is not named does not get the scope.
  const isByKind = was.grant === undefined && is.grant === undefined;
  const hasNewKind = isByKind && Object.keys(after).some((kind) => !Object.hasOwn(before, kind));
  if (compared === 'looser' || hasNewKind || (is.add === true && was.add !== true)) return 'wider';
  if (!isSame(was.fields, is.fields)) return 'unknown';
  const isLess = isByKind && Object.entries(after).every(([kind, grant]) => own(before, kind) === grant);
  if (compared === 'unknown' && !isLess) return 'unknown';
  const isSpaced = compared === 'same' && is.add === was.add && old.delegated === now.delegated;
  return isSpaced ? 'same' : 'narrower';
}

/** Whether a policy without this grant leaves to the issuer what it decides on. */
function isLeftBy({ scopes }: Policy, { compiled }: Grant): boolean {
  if (!('pattern' in compiled) || compiled.name === otherScopes) return true;
  const [begin = ''] = compiled.pattern;
  return scopes.every(({ name, pattern: [other = ''], placeholders }) => {
    if (name === otherScopes) return false;
    const isAny = placeholders.length > 0;
    const isOwn = compiled.placeholders.length > 0;
    return !(isAny && begin.startsWith(other)) && !(isOwn && other.startsWith(begin));
  });
}
