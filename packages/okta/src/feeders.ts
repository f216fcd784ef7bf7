import { createHash } from 'node:crypto';
import { contextFields, type Policy } from '@claimsmith/core';
import { listed } from './el/make.ts';
import { printEl } from './el/print.ts';
import { simplify } from './el/simplify.ts';
import { declaredField, fieldExpression, isGroups, isInRequest, typeAt } from './fields.ts';
import { groupsPattern } from './groups-pattern.ts';
import type { Feeder } from './hook/policy.ts';
import type { Settings } from './settings.ts';

/** A feeder, and the native claim that it is. */
export interface FeederPlan extends Feeder {
  /** An expression, or the pattern of groups. */
  readonly value: string;
}

/** The name of the claim that lists the feeders. */
export const feedersClaim = 'cs_feeders';

/** Fields that the hook reads and Okta's request lacks, sorted: natively fed, where Okta has them. */
export function fedFields(hook: Policy, settings: Settings): readonly string[] {
  const fields = new Set([...contextFields(hook)].map((field) => declaredField(field, hook)));
  return [...fields]
    .filter((field) => !isInRequest(field, settings))
    .filter((field) => isGroups(field, settings) || fieldExpression(field, settings) !== undefined)
    .sort();
}

/**
 * The native claims that tell the hook what its request lacks.
 *
 * @param taken names of the policy's own claims
 */
export function feederPlans(
  hook: Policy,
  settings: Settings,
  taken: readonly string[],
): readonly FeederPlan[] {
  const names = new Set([...taken, feedersClaim]);
  return fedFields(hook, settings).map((field): FeederPlan => {
    const { kind, value } = feed(field, hook, settings);
    const short = field.replace(/^user\.(attributes\.)?/, '').replace(/\W+/g, '_');
    let claim = `cs_${short}`;
    for (let n = 2; names.has(claim); n++) claim = `cs_${short}_${n}`;
    names.add(claim);
    const digest = createHash('sha256').update(`${field} ${value}`).digest('hex').slice(0, 6);
    return { id: `${claim.slice('cs_'.length)}~${digest}`, claim, field, kind, value };
  });
}

function feed(field: string, hook: Policy, settings: Settings): Pick<FeederPlan, 'kind' | 'value'> {
  const expression = isGroups(field, settings) ? undefined : fieldExpression(field, settings);
  if (expression === undefined) return { kind: 'groups', value: groupsPattern(field, hook, settings) };
  const isList = typeAt(hook, field).kind === 'list';
  return {
    kind: isList ? 'list' : 'value',
    value: printEl(simplify(isList ? listed(expression) : expression)),
  };
}
