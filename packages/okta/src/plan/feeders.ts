import { createHash } from 'node:crypto';
import type { Policy } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { type Feeder, feederPrefix } from '../platform/policy.ts';
import type { Settings } from '../settings.ts';
import { declaredField, fieldExpression, isGroups, isInRequest, typeAt } from '../supplies.ts';
import { listed } from './el/make.ts';
import { printEl } from './el/print.ts';
import { simplify } from './el/simplify.ts';
import { groupsPattern } from './groups-pattern.ts';

/** A feeder, and the native claim that it is. */
export interface FeederPlan extends Feeder {
  /** An expression, or the pattern of groups. */
  readonly value: string;
}

/** Fields that the hook reads but Okta's request lacks, sorted. Feeders supply them if Okta has them. */
export function fedFields(hook: Policy, settings: Settings): readonly string[] {
  const fields = new Set(contextFields(hook).map((field) => declaredField(field, hook)));
  return [...fields]
    .filter((field) => !isInRequest(field, settings))
    .filter((field) => isGroups(field, settings) || fieldExpression(field, settings) !== undefined)
    .sort();
}

/**
 * The native claims that carry to the hook what its request lacks. A name contains a digest of the claim's content, so
 * that the feeders of two policy versions can coexist during an update.
 */
export function feederPlans(hook: Policy, settings: Settings): readonly FeederPlan[] {
  return fedFields(hook, settings).map((field): FeederPlan => {
    const { kind, value } = feed(field, hook, settings);
    const short = field.replace(/^user\.(attributes\.)?/, '').replace(/\W+/g, '_');
    return { claim: `${feederPrefix}${short}_${digestOf([field, kind, value])}`, field, kind, value };
  });
}

/** The name of the native claim that proves that exactly these feeders are deployed. */
export function proofOf(feeders: readonly FeederPlan[]): string {
  const said = feeders.flatMap(({ field, kind, value }) => [field, kind, value]);
  // The first text keeps it different from the digest of a single feeder.
  return `${feederPrefix}feeders_${digestOf(['feeders', ...said])}`;
}

function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 6);
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
