import { constantText, type Expr, type Expression, operationOf, pathOf } from '@claimsmith/cel';
import {
  checkedText,
  type Enriched,
  enrichedOf,
  jsonBytes,
  type Policy,
  type PolicyClaim,
} from '@claimsmith/core';
import type { Literal } from '@claimsmith/core/spec';
import { everyone, expressionLimitCharacters, systemIdNames } from '../limits.ts';
import { claimName, nativeNames } from '../names.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { fieldExpression, hasUser, isGroups, isUntyped } from '../supplies.ts';
import {
  isUnsaid,
  lowerCondition,
  lowerConstant,
  lowerValue,
  type Names,
  type Truth,
  type Typed,
  type Unsaid,
} from './el/lower.ts';
import {
  always,
  and,
  call,
  choose,
  compare,
  isThere,
  literal,
  nothing,
  or,
  orElse,
  path,
} from './el/make.ts';
import type { El } from './el/parse.ts';
import { printEl } from './el/print.ts';
import { follows, simplify } from './el/simplify.ts';
import { readFilter } from './group-filter.ts';
import { groupsOf } from './groups-pattern.ts';
import type { NativeClaim } from './native-claim.ts';

/** How Okta makes a claim. */
export type Classification =
  | {
      readonly via: 'native';
      readonly why: string;
      /** Undefined if the claim is never there. */
      readonly value: Pick<NativeClaim, 'valueType' | 'value'> | undefined;
      /** One of these scopes must be granted; empty: no matter. */
      readonly scopes: readonly string[];
    }
  | { readonly via: 'hook'; readonly why: string };

/**
 * Decides for each claim whether Okta makes it itself. It does so only if the result is exactly the policy's: the claim
 * has an exact form in the Okta Expression Language, and the hook does not read it.
 */
export function classify(policy: Policy): Readonly<Record<string, Classification>> {
  const settings = settingsOf(policy);
  if (settings.observe !== undefined) {
    const why = 'The policy only observes, and native claims would change tokens.';
    return Object.fromEntries(policy.claims.map(({ name }) => [name, { via: 'hook', why }]));
  }
  const found = new Map<string, Classification>();
  const natives = new Map<string, Native | Unsaid>();
  for (const claim of policy.claims) {
    const native = nativeForm(claim, policy, settings, natives);
    natives.set(claim.name, native);
    found.set(claim.name, isUnsaid(native) ? { via: 'hook', why: native.why } : classified(native));
  }
  const isHook = ({ name }: PolicyClaim) => found.get(name)?.via === 'hook';
  // The hook needs every claim that it reads: repeat until it reads no native claim.
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    const readers = [
      ...policy.claims.filter(isHook).map(({ name, reads }) => ({ by: `the claim \`${name}\``, reads })),
      ...policy.scopes.map(({ name, reads }) => ({ by: `the scope \`${name}\``, reads })),
      ...policy.details.map(({ type, reads }) => ({ by: `the authorization detail \`${type}\``, reads })),
    ];
    for (const { by, reads } of readers) {
      for (const name of reads.claims) {
        if (found.get(name)?.via !== 'native') continue;
        found.set(name, { via: 'hook', why: `The hook reads it to decide on ${by}.` });
        isSettled = false;
      }
    }
  }
  return Object.fromEntries(found);
}

/** A claim as Okta would make it, if its scopes are granted. */
type Native = {
  readonly scopes: readonly string[];
} & (
  | {
      /** The claim's value; null if it is left out. */
      readonly emitted: El;
    }
  | {
      /** The pattern of the groups of the user that it lists. Okta leaves out an empty list. */
      readonly groups: string;
    }
);

function classified(native: Native): Classification {
  const { scopes } = native;
  if ('groups' in native) {
    const why = 'Okta can list exactly these groups, and leaves out an empty list.';
    return { via: 'native', why, value: { valueType: 'GROUPS', value: native.groups }, scopes };
  }
  const { emitted } = native;
  if (emitted === nothing)
    return {
      via: 'native',
      why: 'Tokens of this authorization server never have it.',
      value: undefined,
      scopes,
    };
  const isConstant = emitted.kind === 'literal' || emitted.kind === 'list';
  const why = isConstant ? 'It is a constant.' : 'The Okta Expression Language can express it exactly.';
  return { via: 'native', why, value: { valueType: 'EXPRESSION', value: printEl(emitted) }, scopes };
}

function nativeForm(
  claim: PolicyClaim,
  policy: Policy,
  settings: Settings,
  natives: ReadonlyMap<string, Native | Unsaid>,
): Native | Unsaid {
  const [source] = claim.reads.sources;
  if (source !== undefined) return { why: `It reads the source \`${source}\`.` };
  const name = claimName(claim, policy);
  if (claim.tokens.includes('id') && systemIdNames.includes(name))
    return { why: `Okta has its own claim \`${name}\` in ID tokens, and does not accept a second one.` };
  const audience = audienceOf(claim, settings);
  if (audience !== 'ours') return audience === 'other' ? { emitted: nothing, scopes: [] } : audience;
  const checked = checkedRead(policy, [claim.value, claim.when]);
  if (checked !== undefined) return checked;
  const applies = nativeApplies(policy, settings);
  if (isUnsaid(applies)) return { why: `Only the hook can decide \`applies\`: ${applies.why}.` };
  const names = namesFor(policy, settings, natives);
  const { scopes, rest } = splitWhen(claim.when);
  if (scopes.length > 1) return { why: 'A native claim can have only one condition on scopes.' };
  const conditions = rest.map((part) => lowerCondition(part, names));
  const failed = conditions.find(isUnsaid);
  if (failed !== undefined) return unsayable(failed);
  const when = joined([
    clientsOf(claim),
    applies,
    ...conditions.filter((condition): condition is Truth => !isUnsaid(condition)),
  ]);
  const { root, typeOf } = claim.value ?? {};
  if (root !== undefined && typeOf?.(root).kind === 'list' && nativeNames.includes(name)) {
    const groups = groupsForm(claim, root, when, settings);
    return isUnsaid(groups) ? groups : { ...groups, scopes: scopes[0] ?? [] };
  }
  const value = claim.value ? lowerValue(claim.value, names) : lowerConstant(claim.constant ?? []);
  if (isUnsaid(value)) return unsayable(value);
  if (!fitsBounds(claim, value)) return { why: 'Only the hook can check its bound.' };
  const fallback = typeof claim.onMissing === 'string' ? undefined : lowerConstant(claim.onMissing.default);
  if (fallback !== undefined && isUnsaid(fallback)) return unsayable(fallback);
  const emitted = simplify(emittedBy(fallback, when, value));
  if (claim.onMissing === 'deny' && !(isCertain(when) && follows(isThere(value), when.isTrue)))
    return { why: missingDenies };
  const { length } = printEl(emitted);
  if (length > expressionLimitCharacters)
    return {
      why: `Its expression would have ${length} characters; Okta allows ${expressionLimitCharacters}.`,
    };
  return { emitted, scopes: scopes[0] ?? [] };
}

/** A claim that lists groups of the user. Okta makes it for all users, or for those with a scope. */
function groupsForm(
  claim: PolicyClaim,
  value: Expr,
  when: Truth,
  settings: Settings,
): { readonly groups: string } | Unsaid {
  const listed = groupsOf(value, settings, (field) => isGroups(field, settings));
  if (isUnsaid(listed)) return { why: `A native claim cannot list these groups: ${listed.why}.` };
  if (!follows(when.isTrue, hasUser))
    return {
      why: 'A native claim of groups can have no conditions but scopes and `subject_type == "human"`, and also no `clients` or `applies`.',
    };
  const { names } = listed;
  const isBound = (claim.maxItems ?? claim.maxBytes) !== undefined;
  if (isBound && !(names && fitsBounds(claim, { kind: 'list', elements: names.map(literal) })))
    return { why: 'Only the hook can check its bound.' };
  if (claim.onMissing === 'deny' && !(isCertain(when) && (listed.isSoft || follows(hasUser, when.isTrue))))
    return { why: missingDenies };
  const isLeftOut = typeof claim.onMissing === 'string' || isEmptyList(claim.onMissing.default);
  return isLeftOut ? { groups: listed.pattern } : { why: 'A native claim of groups can have no default.' };
}

function isEmptyList(value: Literal): boolean {
  return Array.isArray(value) && value.length === 0;
}

const missingDenies = 'A missing value denies the token, which only the hook can do.';

/** Where the policy applies, for native claims: its clients, and `applies`. It never fails there. */
export function nativeApplies(policy: Policy, settings: Settings): Truth | Unsaid {
  const { applies } = policy;
  const clients = clientsOf(enrichedOf(settings) ?? {});
  if (applies === undefined) return clients;
  const checked = checkedRead(policy, [applies.when]);
  if (checked !== undefined) return checked;
  const { root, typeOf } = applies.when;
  const condition = lowerCondition({ root, typeOf }, namesFor(policy, settings, new Map()));
  if (isUnsaid(condition)) return condition;
  if (!isCertain(condition))
    return { why: 'if `applies` fails, the token is denied, which only the hook can do' };
  return joined([clients, condition]);
}

/** An expression's value where the policy applies, and none elsewhere. */
export function whereApplies(value: El, applies: Truth): string {
  return printEl(simplify(choose(applies.isTrue, value, nothing)));
}

/** Why native claims cannot read what some expressions read. */
function checkedRead(policy: Policy, expressions: readonly (Expression | undefined)[]): Unsaid | undefined {
  const read = expressions.flatMap((expression) => expression?.reads ?? []);
  const checked = read.find(({ path: field }) => checkedText(policy.context, field) !== undefined);
  return checked && { why: `Only the hook checks what \`${checked.path.join('.')}\` holds.` };
}

function unsayable({ why }: Unsaid): Unsaid {
  return { why: `The Okta Expression Language cannot express it exactly: ${why}.` };
}

function emittedBy(fallback: El | undefined, { isTrue, isFalse }: Truth, value: El): El {
  if (fallback === undefined) return choose(isTrue, value, nothing);
  return choose(isTrue, orElse(value, fallback), choose(isFalse, nothing, fallback));
}

/** Whether a condition is true or false, and never fails. */
function isCertain({ isTrue, isFalse }: Truth): boolean {
  return follows(or([isTrue, isFalse]));
}

function joined(conditions: readonly Truth[]): Truth {
  return {
    isTrue: and(conditions.map(({ isTrue }) => isTrue)),
    isFalse: or(conditions.map(({ isFalse }) => isFalse)),
  };
}

function clientsOf({ clients }: Pick<PolicyClaim, 'clients'> | Enriched): Truth {
  if (clients === undefined) return { isTrue: always, isFalse: literal(false) };
  const id = path('app.clientId');
  return {
    isTrue: or(clients.map((client) => compare('==', id, literal(client)))),
    isFalse: and(clients.map((client) => compare('!=', id, literal(client)))),
  };
}

/** An authorization server has one audience, so this is known at build time, except for ID tokens. */
function audienceOf({ audiences, tokens }: PolicyClaim, { audience }: Settings): 'ours' | 'other' | Unsaid {
  if (audiences === undefined) return 'ours';
  if (tokens.includes('id'))
    return { why: 'Only the hook knows whether there is an access token for its audiences.' };
  if (audience === undefined)
    return { why: 'Only the hook knows the audience, because `issuers.okta.audience` is not set.' };
  return audiences.includes(audience) ? 'ours' : 'other';
}

type Bounds = Pick<PolicyClaim, 'maxItems' | 'maxBytes'>;

/** Whether a value certainly stays within its bounds. */
function fitsBounds(bounds: Bounds, value: El): boolean {
  const { maxItems, maxBytes } = bounds;
  if (maxItems === undefined && maxBytes === undefined) return true;
  if (value.kind === 'ternary') return fitsBounds(bounds, value.yes) && fitsBounds(bounds, value.no);
  const constant = constantOf(value);
  if (constant === undefined) return value.kind === 'literal';
  if (Array.isArray(constant) && maxItems !== undefined && constant.length > maxItems) return false;
  return maxBytes === undefined || jsonBytes(constant) <= maxBytes;
}

function constantOf(value: El): Literal | undefined {
  if (value.kind === 'literal') return value.value ?? undefined;
  if (value.kind !== 'list') return undefined;
  return value.elements.flatMap((element) => constantOf(element) ?? []);
}

/** The conditions on scopes, as lists of scopes of which one must be granted, and the other parts of a `when`. */
function splitWhen(when: Expression | undefined): {
  readonly scopes: readonly (readonly string[])[];
  readonly rest: readonly Typed[];
} {
  const parts = when === undefined ? [] : conjuncts(when.root);
  const scopes = parts.flatMap((part) => {
    const asked = scopesAsked(part);
    return asked === undefined ? [] : [asked];
  });
  const rest = parts.filter((part) => scopesAsked(part) === undefined);
  return {
    scopes,
    rest: rest.flatMap((root) => (when === undefined ? [] : [{ root, typeOf: when.typeOf }])),
  };
}

function conjuncts(expr: Expr): readonly Expr[] {
  const operation = operationOf(expr);
  return operation?.kind === 'and' ? [operation.left, operation.right].flatMap(conjuncts) : [expr];
}

/** `"a" in request.scopes || "b" in request.scopes`: a and b; undefined for any other test. */
function scopesAsked(expr: Expr): readonly string[] | undefined {
  const operation = operationOf(expr);
  if (operation?.kind === 'or') {
    const [a, b] = [scopesAsked(operation.left), scopesAsked(operation.right)];
    return a && b && [...a, ...b];
  }
  if (operation?.kind !== 'in') return undefined;
  const path = pathOf(operation.container, { has: false, optional: false });
  const scope = constantText(operation.item);
  return path?.join('.') === 'request.scopes' && scope !== undefined ? [scope] : undefined;
}

function namesFor(policy: Policy, settings: Settings, natives: ReadonlyMap<string, Native | Unsaid>): Names {
  const fed = settings.groups === undefined ? undefined : readFilter(settings.groups);
  return {
    tables: policy.spec.tables ?? {},
    hasUser,
    isGroups: (field) => isGroups(field, settings),
    field: (field) => {
      const expression = fieldExpression(field, settings);
      if (expression === undefined) return { why: `\`${field}\` is not an attribute of a profile` };
      // It has no schema, and a native claim signs any value.
      if (isUntyped(field, settings))
        return {
          why: `\`${field}\` may come from the profile of an app, which may hold a value of any type`,
        };
      return expression;
    },
    isMember: (group) => {
      if (group === everyone) return literal(false);
      if (fed !== undefined && !fed.passes(group))
        return { why: `\`issuers.okta.groups\` filters out the group \`${group}\`` };
      return call('isMemberOfGroupName', group);
    },
    claim: (name) => {
      const native = natives.get(name);
      if (native !== undefined && 'groups' in native) return { why: `\`claims.${name}\` is a list` };
      if (native === undefined || isUnsaid(native)) return { why: `the hook makes \`claims.${name}\`` };
      return native.scopes.length === 0
        ? native.emitted
        : { why: `\`claims.${name}\` has a condition on scopes` };
    },
  };
}
