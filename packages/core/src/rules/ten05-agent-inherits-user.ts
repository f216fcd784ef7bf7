import { isUnder } from '../loss/known.ts';
import { restsOn } from '../rests-on.ts';
import type { Rule } from './rule.ts';

export const agentInheritsUser = {
  id: 'TEN05',
  slug: 'agent-inherits-user',
  severity: 'warning',
  profile: 'pedantic',
  title: 'An agent gets what it needs for its task, and not all authority of its user.',
  why: 'An agent can be talked into things. With all roles of the user it can do everything that the user can.',
  mend: 'Read in `when` or in the grant which agent acts, or what it asks for: `actor.sub`, `client.id`, `request.scopes`.',
  bad: `claims:
  app_roles: { value: user.roles, maxItems: 20, subjects: [human, agent], kind: authoritative }`,
  good: `claims:
  app_roles:
    value: user.roles
    maxItems: 20
    subjects: [human, agent]
    when: subject_type == "human" || client.id == "scheduler"
    kind: authoritative`,
  standards: ['overprivileged', 'actors', 'leastPrivilege'],
  lookups: true,
  check(policy) {
    const rests = restsOn(policy);
    return policy.claims
      .filter(({ kind, subjects, reads }) => {
        const { fields } = rests(reads);
        const isForAgents = subjects?.kinds.includes('agent') === true;
        const inherits = fields.some((field) => isUnder(['user'], field) && field !== 'user.id');
        return (
          kind === 'authoritative' && isForAgents && inherits && !fields.some((field) => isUnder(task, field))
        );
      })
      .map(({ name }) => ({
        rule: 'TEN05',
        severity: 'warning',
        message: `An agent gets all of \`${name}\` that its user has.`,
        range: policy.source.key(['claims', name]),
        help: 'Read which agent acts, or what it asks for.',
      }));
  },
} as const satisfies Rule;

/** What says which agent acts, and for what. */
const task = ['actor', 'client', 'request.scopes', 'request.authorization_details'];
