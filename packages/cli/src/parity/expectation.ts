import { isDeepStrictEqual } from 'node:util';
import { contextType, type Issuer, type RawContext, type Verdict } from '@claimsmith/core';
import type { Stage, Trial } from '../preview/issue.ts';
import { supplyOf } from '../preview/origin.ts';
import { requestedScopes, runPolicy } from './policy-run.ts';

/** Why an issuer may sign something else than the policy decides. */
export interface Declared {
  readonly rule: string;
  /** One sentence. */
  readonly why: string;
}

/** What an issuer is to sign. */
export interface Expected {
  readonly verdict: Verdict;
  /** What its findings have said that explains why this is not what the policy decides; empty where it is. */
  readonly declared: readonly Declared[];
}

/**
 * What an issuer is to sign for a trial: the policy's verdict, but for what its findings have announced. A context that
 * it can't carry is judged without the fields that it lacks.
 * What no finding announces is no excuse.
 */
export function expectedAt(
  { issuer, policy, program, findings }: Stage,
  trigger: string,
  trial: Trial,
): Expected {
  const { context, lost, unknowable } = carried(trial.context, issuer, trigger);
  const whole = runPolicy(program, policy, trial, trial.context).verdict;
  const verdict = runPolicy(program, policy, trial, context).verdict;
  const isAnnounced = (rule: string) =>
    findings.some((finding) => finding.rule === rule && finding.issuer === issuer.id);
  const declared: Declared[] = [];
  if (!isDeepStrictEqual(verdict, whole)) {
    if (lost.length > 0 && !isAnnounced('TE804')) return { verdict: whole, declared };
    const whys = [
      ...(lost.length > 0 ? [`${issuer.title} does not supply ${lost.join(', ')}.`] : []),
      ...unknowable.map((path) => `${issuer.title} always knows ${path}: there is no user without the list.`),
    ];
    for (const why of whys) declared.push({ rule: 'TE804', why });
  }
  const departure = issuer.departs?.(policy, verdict, { trigger, scopes: requestedScopes(context) });
  if (departure === undefined || !isAnnounced(departure.rule)) return { verdict, declared };
  const { rule, why, instead } = departure;
  return { verdict: instead, declared: [...declared, { rule, why }] };
}

/**
 * A context as far as an issuer can carry it at a trigger; the paths of what is lost, and of lists that it always knows
 * where the context has none.
 */
export function carried(context: RawContext, issuer: Issuer, trigger: string) {
  const { fields } = contextType({ kind: 'record', name: 'attributes', fields: {} });
  const lost: string[] = [];
  const unknowable: string[] = [];
  const isCarried = (path: string) => {
    const isSupplied = supplyOf(issuer, path)?.[trigger] !== undefined;
    if (!isSupplied) lost.push(path);
    return isSupplied;
  };
  const entries = Object.entries(context).flatMap(([name, value]) => {
    const isRecord = fields[name]?.type.kind === 'record' && typeof value === 'object' && value !== null;
    if (!isRecord) return isCarried(name) ? [[name, value] as const] : [];
    const kept = Object.entries(value).filter(([key]) => isCarried(`${name}.${key}`));
    const lists = issuer.supplies.filter(({ field, from, always }) => {
      const [record, key = ''] = field.split('.');
      const isMissing = !Array.isArray(Reflect.get(value, key));
      return always === true && record === name && from[trigger] !== undefined && isMissing;
    });
    unknowable.push(...lists.map(({ field }) => field));
    const known = lists.map(({ field }) => [field.slice(name.length + 1), []] as const);
    return [[name, Object.fromEntries([...kept, ...known])] as const];
  });
  return { context: Object.fromEntries(entries), lost, unknowable };
}
