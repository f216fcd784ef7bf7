import type { Finding } from '../finding.ts';
import { isUnder } from '../loss/known.ts';
import type { PolicyScope } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import { addedScopes } from '../scopes.ts';
import type { Rule } from './rule.ts';

export const scopeEscalation = {
  id: 'TEA02',
  slug: 'scope-escalation',
  severity: 'warning',
  title: 'A scope that nobody asked for is added only if the grant depends on the subject.',
  why: 'With `add`, each token that the grant is true for gets the scope. If the grant reads nothing of the user or the client, that is every token.',
  mend: 'Read in the grant what the issuer knows of the user or the client, or remove `add`, so that clients have to ask for the scope.',
  bad: `claims: {}
scopes:
  orders.write: { grant: "true", add: true }`,
  good: `claims: {}
scopes:
  orders.write: { grant: '"clerk" in user.roles', add: true }`,
  standards: ['restrictedTokens', 'overprivileged'],
  check(policy) {
    const rests = restsOn(policy);
    const knowsWho = ({ reads }: PolicyScope) => rests(reads).fields.some((field) => isUnder(who, field));
    return addedScopes(policy)
      .filter((scope) => !knowsWho(scope))
      .map(
        ({ name, path }): Finding => ({
          rule: 'TEA02',
          severity: 'warning',
          message: `\`${name}\` is added to tokens although nobody asked for it, and the grant reads nothing of the user or the client.`,
          range: policy.source.value(path),
          help: 'Read in the grant what the issuer knows of the user or the client, or remove `add`.',
        }),
      );
  },
} as const satisfies Rule;

/** What the issuer knows of the one that the token is for. */
const who = ['user', 'org', 'client', 'workload', 'connection', 'session', 'actor'];
