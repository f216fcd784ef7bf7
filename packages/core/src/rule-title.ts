import type { PolicyRule } from './policy.ts';

/** A deny rule or a challenge as the subject of a sentence. */
export function ruleTitle({ challenge, reason }: Pick<PolicyRule, 'challenge' | 'reason'>): string {
  return `The ${challenge === undefined ? 'deny rule' : 'challenge'} \`${reason}\``;
}
