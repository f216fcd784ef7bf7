import type { ClaimWay, Policy } from '@claimsmith/core';
import type { Condition } from './condition.ts';
import { type ClaimPlan, limitTexts, planOf } from './plan.ts';

/** How each claim is made, and why, as text for people. */
export function ways(policy: Policy): Readonly<Record<string, ClaimWay>> {
  return Object.fromEntries(planOf(policy).map((plan) => [plan.claim.name, wayOf(plan)]));
}

function wayOf(plan: ClaimPlan): ClaimWay {
  switch (plan.by) {
    case 'mapper': {
      const { form, condition, limits } = plan;
      const via = condition === true ? form.via : `${form.via}, ${conditionWords(condition)}`;
      const [limit] = limits;
      return {
        via,
        why: limit === undefined ? 'It signs exactly what the policy decides.' : `Note: ${limitTexts[limit]}`,
      };
    }
    case 'nothing':
      return { via: 'left out', why: 'Its condition is never true here.', isLeftOut: true };
    case 'script':
      return { via: 'policy script', why: sentence(plan.why) };
    case 'none':
      return { via: 'not possible', why: sentence(plan.why) };
  }
}

function conditionWords({ roles, requested, clients }: Condition): string {
  if (requested !== undefined) return `in the optional client scope ${requested}`;
  const where = clients === undefined ? 'in a client scope' : `in a client scope of ${clients.join(', ')}`;
  return roles === undefined ? where : `${where} permitted by the roles ${roles.join(', ')}`;
}

export function sentence(phrase: string): string {
  return phrase.charAt(0).toUpperCase() + phrase.slice(1);
}
