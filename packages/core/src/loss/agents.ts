import type { Expression } from '@claimsmith/cel';
import type { Finding, Path } from '../finding.ts';
import type { Policy } from '../policy.ts';
import type { Situation } from './known.ts';
import { partNames, truthsIn } from './losses.ts';

interface Condition {
  readonly part: 'claim' | 'scope' | 'deny' | 'detail';
  readonly name: string;
  readonly path: Path;
  readonly expression: Expression;
}

/**
 * Conditions about agents at an issuer that knows none: there an agent is a person or a machine, so that what is said of
 * agents holds for nobody. A deny rule that can then never hold is an error, and so is what others then get.
 *
 * @param situations of the issuer, each with its `subject_type`
 */
export function agentFindings(
  policy: Policy,
  title: string,
  situations: readonly Situation[],
): readonly Finding[] {
  const asAgent: Situation = { where: '', values: { subject_type: 'agent' }, absent: [], lost: [] };
  return conditionsOf(policy).flatMap(({ part, name, path, expression }): readonly Finding[] => {
    if (!speaksOfAgents(expression)) return [];
    const isForAgents = truthsIn(policy, expression, asAgent).includes('true');
    const isForOthers = situations.some((one) => truthsIn(policy, expression, one).includes('true'));
    if (isForAgents === isForOthers) return [];
    const isWider = (part === 'deny') === isForAgents;
    const what = isForAgents ? 'can never hold' : 'holds for agents too';
    return [
      {
        rule: 'TE804',
        severity: isWider ? 'error' : 'warning',
        message: `The ${partNames[part]} \`${name}\` ${what} at ${title}, which does not tell agents from people and machines.`,
        range: policy.source.within(path, expression.root.range.start, expression.root.range.end),
        help: `Tell agents by a field that ${title} supplies, such as \`client.metadata\`, or take ${title} out of the spec's \`issuers\`.`,
        about: { part, name, fields: ['subject_type'] },
      },
    ];
  });
}

function conditionsOf({ deny, claims, scopes, details }: Policy): readonly Condition[] {
  return [
    ...deny.map(({ reason, when }, index) => ({
      part: 'deny' as const,
      name: reason,
      path: ['deny', index, 'when'],
      expression: when,
    })),
    ...claims.flatMap(({ name, when }) =>
      when === undefined
        ? []
        : [{ part: 'claim' as const, name, path: ['claims', name, 'when'], expression: when }],
    ),
    ...scopes.map(({ name, path, grant }) => ({ part: 'scope' as const, name, path, expression: grant })),
    ...details.map(({ type, grant }) => ({
      part: 'detail' as const,
      name: type,
      path: ['authorizationDetails', type, 'grant'],
      expression: grant,
    })),
  ];
}

/** Others, such as `subject_type == "human"`, leave agents out, and need not think of them. */
function speaksOfAgents({ source }: Expression): boolean {
  return /\bsubject_type\b/.test(source) && /(["'])agent\1/.test(source);
}
