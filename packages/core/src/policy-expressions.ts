import type { Expression } from '@claimsmith/cel';
import type { Path } from './finding.ts';
import type { Policy } from './policy.ts';

/** The conditions, values and grants of a policy, with their places in the spec. */
export function expressionsOf({
  applies,
  claims,
  deny,
  scopes,
  details,
}: Pick<Policy, 'applies' | 'claims' | 'deny' | 'scopes' | 'details'>): readonly {
  readonly path: Path;
  readonly expression: Expression;
}[] {
  return [
    ...(applies === undefined ? [] : [{ path: ['applies'], expression: applies.when }]),
    ...deny.map(({ path, when }) => ({ path: [...path, 'when'], expression: when })),
    ...claims.flatMap(({ name, value, when }) => [
      ...(value === undefined ? [] : [{ path: ['claims', name, 'value'], expression: value }]),
      ...(when === undefined ? [] : [{ path: ['claims', name, 'when'], expression: when }]),
    ]),
    ...scopes.map(({ path, grant }) => ({ path, expression: grant })),
    ...details.map(({ type, grant }) => ({
      path: ['authorizationDetails', type, 'grant'],
      expression: grant,
    })),
  ];
}
