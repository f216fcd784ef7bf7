import type { RecordType } from '@claimsmith/cel';
import { fieldAt } from '../context.ts';
import { leafPath } from '../expressions.ts';
import type { Lack } from '../issuer.ts';
import type { Policy } from '../policy.ts';
import type { Known, Status } from './effect.ts';
import { evaluator } from './evaluate.ts';

/** The values that are known in advance for issuances of one trigger of an issuer. */
export interface Situation extends Lack {
  /** To complete a sentence: `at a login`. */
  readonly where: string;
  /** Values of fields by dotted path: `{ subject_type: 'machine' }`. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Whether it is a special case of another situation, so that a part that fails here may work elsewhere. Default
   * false.
   */
  readonly isSpecial?: boolean;
}

/** The parts of a policy that decide, and what they read. Its revision takes a while, and nothing here reads it. */
export type Parts = Pick<
  Policy,
  'spec' | 'context' | 'sources' | 'applies' | 'claims' | 'deny' | 'scopes' | 'details'
>;

/** Results for earlier parts of a policy, for the parts that read them. */
export interface Traces {
  /** Claims without a value, at the issuer only or also by the policy, and the missing fields that cause it. */
  readonly claims: Map<
    string,
    { readonly status: 'absent' | 'lost' | 'altered'; readonly fields: readonly string[] }
  >;
  readonly sources: Map<
    string,
    {
      /** `absent`: it is not asked. `lost`: it is not asked at the issuer, and by the policy it may be. */
      readonly status: 'absent' | 'lost' | 'broken' | 'failing' | 'altered';
      readonly fields: readonly string[];
    }
  >;
}

/** What the expressions of a policy find in a situation. */
export function knownIn(policy: Parts, situation: Situation, traces: Traces): Known {
  const { values, absent, lost } = situation;
  const agentsAre = values['subject_type'] === 'agent' ? situation.agentsAre : undefined;
  const others = { tables: policy.spec.tables ?? {}, claims: {} };
  const here = agentsAre === undefined ? values : { ...values, subject_type: agentsAre };
  function status(path: readonly string[]): Status {
    const [root = '', claim = ''] = path;
    if (root === 'claims') return traces.claims.get(claim)?.status ?? 'plain';
    if (root === 'tables') return 'known';
    const source = traces.sources.get(root);
    const isNotAsked = source?.status === 'absent' || source?.status === 'lost';
    if (isNotAsked && isRecord(policy, path)) return 'known';
    if (source !== undefined) return source.status;
    if (!Object.hasOwn(policy.context.fields, root)) return 'plain';
    if (fieldAt(policy.context, path)?.kind === 'record') return 'known';
    const dotted = path.join('.');
    if (isUnder(absent, dotted)) return 'absent';
    if (isUnder(lost, dotted)) return 'lost';
    if (dotted === 'subject_type' && agentsAre !== undefined) return 'mistaken';
    return Object.hasOwn(values, dotted) ? 'known' : 'plain';
  }
  return {
    status,
    here: evaluator({ ...contextOf(policy, here), ...others }),
    meant: evaluator({ ...contextOf(policy, values), ...others }),
    looks: new Map(),
    isUnsure: ([root]) => policy.sources.some(({ name }) => name === root),
    fieldsOf(path) {
      const [root = '', claim = ''] = path;
      const trace = root === 'claims' ? traces.claims.get(claim) : traces.sources.get(root);
      return trace?.fields ?? [leafPath(policy.context, path).join('.')];
    },
  };
}

/** Whether a path is a source's answer or a record in it; these are always there. */
function isRecord({ sources }: Parts, [root = '', ...steps]: readonly string[]): boolean {
  const returns = sources.find(({ name }) => name === root)?.returns;
  if (returns === undefined) return false;
  return steps.length === 0 || fieldAt(returns, steps)?.kind === 'record';
}

/** A program's identity context if only `values` is known, and sources that are not asked: their fields have no value. */
function contextOf(policy: Parts, values: Situation['values']): Readonly<Record<string, unknown>> {
  const record = (type: RecordType, prefix: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(type.fields).map(([name, field]) => {
        const path = `${prefix}${name}`;
        // What was not asked for is an empty list to a program that judges it.
        const isAsked = path === 'request.authorization_details' && policy.details.length > 0;
        const value = isAsked ? [] : values[path];
        return [name, field.type.kind === 'record' ? record(field.type, `${path}.`) : value];
      }),
    );
  const sources = policy.sources.map(({ name, returns }) => [name, record(returns, `${name}.`)] as const);
  return { ...record(policy.context, ''), ...Object.fromEntries(sources) };
}

/** Whether a dotted path is one of `prefixes` or lies below one. */
export function isUnder(prefixes: readonly string[], path: string): boolean {
  return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
}
