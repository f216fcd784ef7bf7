import { jsonBytes, oncePer, type Policy, type PolicyClaim } from '@claimsmith/core';
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
      /** How tokens may differ from the policy. Empty with scripts, since the script then does what mappers cannot. */
      readonly limits: readonly Limit[];
    }
  /** Its condition is never true here. */
  | { readonly by: 'nothing'; readonly claim: PolicyClaim; readonly name: string }
  | { readonly by: 'script'; readonly claim: PolicyClaim; readonly name: string; readonly why: string }
  /** A mapper cannot make it, and scripts are not allowed. */
  | {
      readonly by: 'none';
      readonly claim: PolicyClaim;
      readonly name: string;
      readonly why: string;
      readonly help?: string;
    };

/** Decides for each claim whether a mapper or the script makes it. With scripts, a mapper must express it exactly. */
export const planOf = oncePer((policy: Policy): readonly ClaimPlan[] => {
  const settings = settingsOf(policy);
  const gate = gateOf(policy, settings);
  // `check` reports it if client scopes cannot express it.
  const applies = appliesOf(policy, settings);
  const plans = policy.claims.map((claim): ClaimPlan => {
    const name = claimName(claim, policy);
    const own = both(applies ?? true, claimCondition(claim, settings));
    if (settings.observe !== undefined) return { by: 'script', claim, name, why: onlyObserves };
    const condition = within(gated(gate, own), settings);
    if (condition === false) return { by: 'nothing', claim, name };
    // Only the script removes what other mappers wrote under the name, also when the claim's condition is false.
    if (settings.scripts && claim.kind === 'authoritative') {
      return {
        by: 'script',
        claim,
        name,
        why: 'with `scripts: true`, the script makes all authoritative claims.',
      };
    }
    if (settings.scripts && claim.delegated !== 'always') {
      return {
        by: 'script',
        claim,
        name,
        why: 'only the script can tell whether somebody acts for the user.',
      };
    }
    if (settings.scripts && (policy.applies !== undefined || settings.clients !== undefined))
      return { by: 'script', claim, name, why: 'only the script knows which tokens the policy is for.' };
    const found = mapperOf(policy, claim, name, settings, condition, own);
    if (!('form' in found)) return { by: settings.scripts ? 'script' : 'none', claim, name, ...found };
    const [limit] = found.limits;
    if (settings.scripts && limit !== undefined) return { by: 'script', claim, name, why: limitTexts[limit] };
    return { by: 'mapper', claim, name, ...found };
  });
  const byScript = new Set(plans.flatMap(({ by, name }) => (by === 'script' ? [name] : [])));
  return plans.map((plan) =>
    plan.by === 'mapper' && byScript.has(plan.name)
      ? { by: 'script', claim: plan.claim, name: plan.name, why: sharesName }
      : plan,
  );
});

const sharesName =
  'the script also makes another claim of this name, and first removes what mappers wrote under it.';

const onlyObserves = 'the policy only observes, and mappers would change tokens.';

/**
 * The condition for getting any part of the policy when no script denies. A deny rule for users without a role becomes
 * a client scope that the role permits, with the API's audience in it. Undefined if the deny rules have another form.
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
 * Where the policy applies. The script decides it; without one, client scopes do, in a policy of claims alone. Undefined if
 * they cannot.
 */
export function appliesOf(policy: Policy, settings: Settings): Said {
  const { applies, deny, scopes, details } = policy;
  if (applies === undefined || settings.scripts) return true;
  const condition = conditionOf(applies.when, settings);
  const isAsked = typeof condition === 'object' && condition.requested !== undefined;
  return isAsked || deny.length + scopes.length + details.length > 0 ? undefined : condition;
}

/**
 * Combines a condition with the gate. Client scopes cannot require two roles, so a part with its own roles goes to
 * every user with these roles; if the gate is closed, the token lacks the audience.
 */
export function gated(gate: Condition | true | undefined, own: Said): Said {
  const joined = both(gate ?? true, own);
  return joined === undefined && isUngated(gate, own) ? own : joined;
}

/** Whether a condition has other roles than those of the gate. */
export function isUngated(gate: Condition | true | undefined, own: Said): boolean {
  return (
    typeof gate === 'object' &&
    typeof own === 'object' &&
    own.roles !== undefined &&
    both(gate, own) === undefined
  );
}

/** Claims and scopes, by name, that users with their roles get even if the gate is closed. */
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

/** A condition with only those clients that the policy is for. */
function within(condition: Said, { clients: enriched }: Settings): Said {
  if (typeof condition !== 'object' || condition.clients === undefined || enriched === undefined)
    return condition;
  const clients = condition.clients.filter((client) => enriched.includes(client));
  return clients.length > 0 && { ...condition, clients };
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
    return { why: `Keycloak's own client scopes also write \`${name}\`, and only a script runs after them.` };
  }
  if ([claim.name, name, ...ownTexts(form)].some(isFilledIn)) return filledIn;
  if (claim.constant === undefined && (claim.maxItems !== undefined || claim.maxBytes !== undefined)) {
    return {
      why: 'mappers cannot check bounds.',
      help: 'Remove `maxItems` and `maxBytes`, and limit at Keycloak what a user can have',
    };
  }
  if (claim.constant !== undefined && !isWithin(claim)) return { why: 'the constant exceeds its bound.' };
  const limits: Limit[] = [...form.limits];
  if (typeof own === 'object' && own.roles !== undefined) limits.push('composite');
  if (!form.mayBeAbsent || claim.onMissing === 'omit') return { form, condition, limits };
  if (claim.onMissing === 'deny') {
    if (settings.scripts || settings.missing === 'guard')
      return { form, condition, limits: [...limits, 'required'] };
    return {
      why: 'without a policy script, Keycloak cannot deny a token when the user has no value.',
      help: 'Let services require the claim and set `issuers: { keycloak: { missing: guard } }`',
    };
  }
  return {
    why: 'mappers do not have defaults.',
    help: 'Store the default in the attribute itself, or use `onMissing: omit`',
  };
}

const conditionHelp = 'Test only a role (`"x" in user.roles`), a requested scope or `client.id`';

/** Texts of the claim in a mapper. Texts from `issuers` have separate findings. */
function ownTexts({ config }: Form): readonly string[] {
  return Object.entries(config).flatMap(([key, text]) =>
    /(^claim\.value|rolePrefix)$/.test(key) ? [text] : [],
  );
}

const filledIn: NoForm = {
  why: 'Keycloak would replace its `${…}` when it imports a realm.',
  help: 'Use a name or text without `${…}`',
};

/** Why client scopes cannot express when a claim is emitted, and what would help. */
function unsaid(policy: Policy, claim: PolicyClaim, settings: Settings): NoForm {
  const people = forPeople(settings);
  const promised = both(gateOf(policy, people) ?? true, claimCondition(claim, people));
  const isOwn = policy.spec.claims[claim.name]?.when !== undefined;
  return {
    why: isOwn
      ? 'client scopes cannot express its `when`.'
      : 'client scopes cannot distinguish people from service accounts.',
    help: promised === undefined || promised === false ? conditionHelp : forPeopleHelp,
  };
}

/** The settings with `serviceAccounts: false`, to see what client scopes could express then. */
export function forPeople(settings: Settings): Settings {
  return { ...settings, serviceAccounts: false };
}

export const forPeopleHelp =
  'Turn service accounts off for the enriched clients and set `issuers: { keycloak: { serviceAccounts: false } }`';

/** Why client scopes cannot express a condition; undefined if they can. */
function conditionProblem(policy: Policy, condition: Condition | true): NoForm | undefined {
  if (condition === true) return undefined;
  const { roles, requested, clients } = condition;
  if (requested === undefined) return undefined;
  if (roles !== undefined || clients !== undefined) {
    return {
      why: 'client scopes cannot combine a requested scope with another condition.',
      help: conditionHelp,
    };
  }
  if (builtInScopes.includes(requested)) {
    return { why: `\`${requested}\` is one of Keycloak's own scopes.`, help: conditionHelp };
  }
  if (isOurs(requested)) {
    return {
      why: `the name \`${requested}\` is reserved for client scopes of Claimsmith.`,
      help: conditionHelp,
    };
  }
  const ruled = policy.scopes.find(({ name }) => name === requested);
  if (ruled?.add) {
    return {
      why: `\`${requested}\` is given to everybody, so a client scope does not show who asked for it.`,
    };
  }
  if (ruled !== undefined && !(ruled.grant.root.kind === 'literal' && ruled.grant.root.value === true)) {
    return {
      why: `Keycloak would emit it only if \`${requested}\` is granted, not whenever it is requested.`,
    };
  }
  return undefined;
}

/** Whether a name is reserved for Claimsmith's own client scopes. */
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

/** How a mapper may differ from the policy, as a sentence. */
export const limitTexts: Readonly<Record<Limit, string>> = {
  empty_list: 'Keycloak leaves an empty list out.',
  composite: 'if the role in its condition is composite, a user with only a part of that role has it too.',
  json: 'a mapper does not check the type of the attribute.',
  double: 'a mapper does not check the type of the attribute.',
  int: 'a mapper accepts integers beyond 2^53, which many JSON readers round.',
  bool: 'a mapper reads every text but `true` as false, and the policy only `false`.',
  note: 'a mapper does not check the type of the session note.',
  full_scope: 'a client without `Full scope allowed` sees only some roles.',
  required: 'without a policy script, Keycloak cannot deny a token when the user has no value.',
};
