import type { Expression } from '@claimsmith/cel';
import { askedWith, type Finding, fieldAt, type Path, type Policy, ruleTitle } from '@claimsmith/core';
import { type Order, orderOf } from './order.ts';

/**
 * Reports parts that depend on the order of roles, groups or values of an attribute. Keycloak does not keep their order;
 * the script sorts them, so another element may come first than at other issuers.
 */
export function orderFindings(policy: Policy): readonly Finding[] {
  const { source } = policy;
  const ofClaims = new Map<string, Order>();
  const orderAt = (path: readonly string[]): Order => {
    const [root = '', name = ''] = path;
    if (root === 'claims') return path.length === 2 ? ofClaims.get(name) : undefined;
    return isUnordered(policy, path) ? 'list' : undefined;
  };
  const findings: Finding[] = [];
  const look = (
    title: string,
    path: Path,
    expression: Expression | undefined,
    isAuthority: boolean,
  ): Order => {
    if (expression === undefined) return undefined;
    const { order, places } = orderOf(expression, orderAt);
    const [first] = places;
    if (first !== undefined) {
      findings.push({
        rule: 'TE833',
        severity: isAuthority ? 'error' : 'warning',
        message: `${title} depends on the order of a list, but Keycloak does not keep its order.`,
        range: path[0] === 'sources' ? source.key(path) : source.within(path, first.start, first.end),
        help: 'Sort the list (`….sort()`), or ask whether it contains a value (`in`, `exists`).',
      });
    }
    return order;
  };
  look('The condition `applies`', ['applies'], policy.applies?.when, true);
  for (const rule of policy.deny) look(ruleTitle(rule), [...rule.path, 'when'], rule.when, true);
  for (const { name, kind, value, when } of policy.claims) {
    const title = `The claim \`${name}\``;
    const isAuthority = kind === 'authoritative';
    look(title, ['claims', name, 'when'], when, isAuthority);
    ofClaims.set(name, look(title, ['claims', name, 'value'], value, isAuthority));
  }
  for (const { name, path, grant } of policy.scopes) look(`The grant of \`${name}\``, path, grant, true);
  for (const { type, grant } of policy.details)
    look(`The grant of \`${type}\``, ['authorizationDetails', type, 'grant'], grant, true);
  for (const asked of policy.sources)
    for (const expression of askedWith(asked))
      look(`The question to \`${asked.name}\``, ['sources', asked.name], expression, true);
  return findings;
}

function isUnordered({ context }: Policy, path: readonly string[]): boolean {
  const dotted = path.join('.');
  if (dotted === 'user.roles' || dotted === 'user.groups') return true;
  if (path.length !== 3) return false;
  const isAttribute = ['user.attributes.', 'user.role_attributes.', 'org.metadata.'].some((record) =>
    dotted.startsWith(record),
  );
  return isAttribute && fieldAt(context, path)?.kind === 'list';
}
