import { jsonBytes, type Policy, type PolicyClaim } from '@claimsmith/core';
import { builtInClaims, builtInScopes, builtInValues } from '../limits.ts';
import { claimName } from '../names.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { both, type Condition, conditionOf, type Said, sayable, unless } from './condition.ts';
import { isFilledIn } from './filled-in.ts';
import type { Form, Limit, NoForm } from './native/form.ts';
import { formOf } from './native/native.ts';

/** How a claim is made at Keycloak. */
export type ClaimPlan =
  | {
      readonly by: 'mapper';
      readonly claim: PolicyClaim;
      readonly name: string;
      readonly form: Form;
      /** `true`: always. */
      readonly condition: Condition | true;
      /** What a token may have otherwise than the policy says; none where the script does what mappers cannot. */
      readonly limits: readonly Limit[];
    }
  /** Its condition never holds here. */
  | { readonly by: 'nothing'; readonly claim: PolicyClaim; readonly name: string }
  | { readonly by: 'script'; readonly claim: PolicyClaim; readonly name: string; readonly why: string }
  /** Neither a mapper can, nor may a script. */
  | {
      readonly by: 'none';
      readonly claim: PolicyClaim;
      readonly name: string;
      readonly why: string;
      readonly help?: string;
    };

/** Says of each claim whether a mapper makes it or the script. With scripts, mappers make what they say exactly. */
export function planOf(policy: Policy): readonly ClaimPlan[] {
  const settings = settingsOf(policy);
  const gate = gateOf(policy, settings);
  return policy.claims.map((claim) => {
    const name = claimName(claim, policy);
    const own = claimCondition(claim, settings);
    const condition = gated(gate, own);
    if (condition === false) return { by: 'nothing', claim, name };
    // Only the script comes after whatever else a realm has under the name, and where its condition is false too.
    if (settings.scripts && claim.kind === 'authoritative') {
      return { by: 'script', claim, name, why: 'with a script, authoritative claims are its own.' };
    }
    const found = mapperOf(policy, claim, name, settings, condition, own);
    if (!('form' in found)) return { by: settings.scripts ? 'script' : 'none', claim, name, ...found };
    const [limit] = found.limits;
    if (settings.scripts && limit !== undefined) return { by: 'script', claim, name, why: limitTexts[limit] };
    return { by: 'mapper', claim, name, ...found };
  });
}

/**
 * Who gets anything of the policy where no script denies: a deny rule for all without a role is a client scope that the
 * role permits, and the API's audience in it. Undefined where deny rules cannot be said so.
 */
export function gateOf({ deny }: Policy, settings: Settings): Condition | true | undefined {
  if (settings.scripts) return true;
  const passes = deny.map(({ when }) => unless(when, settings));
  const all = passes.reduce(both, true);
  if (all === true) return true;
  if (all === false || all === undefined || settings.audience === undefined) return undefined;
  return Object.keys(all).join() === 'roles' ? all : undefined;
}

/**
 * A condition where the gate holds too. Client scopes cannot ask for two roles: what has roles of its own goes to whoever
 * has these, in a token that lacks the audience where the gate is closed.
 */
export function gated(gate: Condition | true | undefined, own: Said): Said {
  const joined = both(gate ?? true, own);
  return joined === undefined && isUngated(gate, own) ? own : joined;
}

/** Whether something has roles of its own beside those of the gate. */
export function isUngated(gate: Condition | true | undefined, own: Said): boolean {
  return (
    typeof gate === 'object' &&
    typeof own === 'object' &&
    own.roles !== undefined &&
    both(gate, own) === undefined
  );
}

/** What goes to whoever has its roles, whether the gate is open or not: claims and scopes, by name. */
export function ungatedParts(
  policy: Policy,
  settings: Settings,
): { readonly claims: readonly string[]; readonly scopes: readonly string[] } {
  const gate = gateOf(policy, settings);
  return {
    claims: policy.claims
      .filter((claim) => isUngated(gate, claimCondition(claim, settings)))
      .map(({ name }) => name),
    scopes: policy.scopes
      .filter(({ grant }) => isUngated(gate, conditionOf(grant, settings)))
      .map(({ name }) => name),
  };
}

function claimCondition(claim: PolicyClaim, settings: Settings): Said {
  const { audiences, clients } = claim;
  const isAddressed =
    audiences === undefined || (settings.audience !== undefined && audiences.includes(settings.audience));
  return both(
    isAddressed,
    both(clients === undefined ? true : sayable({ clients }), conditionOf(claim.when, settings)),
  );
}

function mapperOf(
  policy: Policy,
  claim: PolicyClaim,
  name: string,
  settings: Settings,
  condition: Exclude<Said, false>,
  own: Said,
): NoForm | { readonly form: Form; readonly condition: Condition | true; readonly limits: readonly Limit[] } {
  const form = formOf(policy, claim, name, settings);
  if (!('provider' in form)) return form;
  if (condition === undefined) return unsaid(policy, claim, settings);
  const unfit = conditionProblem(policy, condition);
  if (unfit !== undefined) return unfit;
  const isSame = builtInValues[name] !== undefined && builtInValues[name] === claim.value?.source;
  if (settings.scripts && isBuiltIn(name) && !(isSame && condition === true)) {
    return { why: `Keycloak's own client scopes write \`${name}\` too, and only a script comes after them.` };
  }
  if ([claim.name, name, ...ownTexts(form)].some(isFilledIn)) return filledIn;
  if (claim.constant === undefined && (claim.maxItems !== undefined || claim.maxBytes !== undefined)) {
    return {
      why: 'mappers know no bounds.',
      help: 'Bound the attribute in the user profile, and drop the bound here',
    };
  }
  if (claim.constant !== undefined && !isWithin(claim)) return { why: 'the constant is over its bound.' };
  const limits: Limit[] = [...form.limits];
  if (typeof own === 'object' && own.roles !== undefined) limits.push('composite');
  if (!form.mayBeAbsent || claim.onMissing === 'omit') return { form, condition, limits };
  if (claim.onMissing === 'deny') {
    if (settings.scripts || settings.missing === 'guard')
      return { form, condition, limits: [...limits, 'required'] };
    return {
      why: 'nothing native denies a token where the user has no value.',
      help: 'Let services require it and say `issuers: { keycloak: { missing: guard } }`',
    };
  }
  return {
    why: 'mappers know no defaults.',
    help: 'Keep the default in the attribute itself, or omit the claim',
  };
}

const conditionHelp = 'Test a role (`"x" in user.roles`), a requested scope or `client.id`, alone';

/** Texts of the claim itself in a mapper. Those of the settings have findings of their own. */
function ownTexts({ config }: Form): readonly string[] {
  return Object.entries(config).flatMap(([key, text]) =>
    /(^claim\.value|rolePrefix)$/.test(key) ? [text] : [],
  );
}

const filledIn: NoForm = {
  why: 'Keycloak would fill in its `${…}` when it imports a realm.',
  help: 'Rename what is called so',
};

/** Why client scopes cannot say when a claim is emitted, and what would help. */
function unsaid(policy: Policy, claim: PolicyClaim, settings: Settings): NoForm {
  const people = forPeople(settings);
  const promised = both(gateOf(policy, people) ?? true, claimCondition(claim, people));
  return {
    why: 'client scopes cannot say its `when`.',
    help: promised === undefined || promised === false ? conditionHelp : forPeopleHelp,
  };
}

/** The settings with the promise that no service account is enriched: what client scopes could say then. */
export function forPeople(settings: Settings): Settings {
  return { ...settings, serviceAccounts: false };
}

export const forPeopleHelp =
  'Switch service accounts off for the clients that are enriched, and say so (`issuers: { keycloak: { serviceAccounts: false } }`)';

/** What stands against a condition. */
function conditionProblem(policy: Policy, condition: Condition | true): NoForm | undefined {
  if (condition === true) return undefined;
  const { roles, requested, clients } = condition;
  if (requested === undefined) return undefined;
  if (roles !== undefined || clients !== undefined) {
    return {
      why: 'client scopes cannot join a requested scope with another condition.',
      help: conditionHelp,
    };
  }
  if (builtInScopes.includes(requested)) {
    return { why: `\`${requested}\` is a scope of Keycloak's own.`, help: conditionHelp };
  }
  if (isOurs(requested)) {
    return { why: `\`${requested}\` is called like a scope of Claimsmith's own.`, help: conditionHelp };
  }
  const ruled = policy.scopes.find(({ name }) => name === requested);
  if (ruled?.add) {
    return { why: `\`${requested}\` is given to all, and so no client scope tells who asked for it.` };
  }
  if (ruled !== undefined && !(ruled.grant.root.kind === 'literal' && ruled.grant.root.value === true)) {
    return { why: `Keycloak emits it only where \`${requested}\` is granted, not wherever it is asked for.` };
  }
  return undefined;
}

/** Whether a name is kept for the client scopes that clients do not ask for. */
export function isOurs(scope: string): boolean {
  return scope.startsWith('claimsmith.');
}

function isBuiltIn(name: string): boolean {
  return Object.values(builtInClaims).some((names) => names.includes(name));
}

function isWithin({ constant, maxItems, maxBytes }: PolicyClaim): boolean {
  if (maxItems !== undefined && Array.isArray(constant) && constant.length > maxItems) return false;
  return maxBytes === undefined || jsonBytes(constant) <= maxBytes;
}

/** Where mapper and policy may part, in a sentence. */
export const limitTexts: Readonly<Record<Limit, string>> = {
  empty_list: 'Keycloak leaves an empty list out.',
  composite: 'a user with a role that is part of the named one would pass too.',
  json: 'a mapper does not look whether the attribute is of its type.',
  int: 'a mapper takes integers beyond 2^53, which other readers of JSON cannot tell apart.',
  full_scope: 'a client without full scope allowed sees only some roles.',
  required: 'nothing native denies a token where the user has no value.',
};
