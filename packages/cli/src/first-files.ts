import type { Issuer } from '@claimsmith/core';

/** The spec that `claimsmith init` writes: small and complete; `check` reports only infos. */
export function firstSpec(issuers: readonly Issuer[]): string {
  return `# To get completion in an editor, run \`claimsmith schema > enrichment.schema.json\` and add the first line
# \`# yaml-language-server: $schema=./enrichment.schema.json\`.
version: 1
name: my-api
namespace: https://acme.example/   # added to claim names that an issuer refuses without it
lifetime: { access: 10m }

user:
  attributes:                            # what the policy knows of a user beyond the standard fields
    plan: string

claims:
  roles:
    value: user.roles
    kind: authoritative                  # services may grant access on it; a missing value denies the token
    maxItems: 20
    maxAge: 15m
    owner: identity@acme.example
    consumers: [my-api]
  plan:
    value: user.attributes.plan
    kind: descriptive                    # services must not grant access on it
    onMissing: { default: free }
    owner: billing@acme.example
    consumers: [my-api]

issuers:
${issuers.map(issuerLine).join('\n')}
`;
}

function issuerLine({ id, starter: { settings, comment } }: Issuer): string {
  const line = `  ${id}: ${settings}`;
  return comment === undefined ? line : `${line.padEnd(40)} # ${comment}`;
}

/** The scenarios that `claimsmith init` writes. */
export const firstScenario = `context:                                 # what all scenarios share
  subject_type: human
  request: { audience: https://api.acme.example/ }

scenarios:
  - name: a user with a role
    context:
      user: { id: u1, roles: [admin], attributes: { plan: gold } }
    expect:
      access: { roles: [admin], plan: gold }
      only: true                         # and no other claim
  - name: a user without a plan
    context:
      user: { id: u2, roles: [] }
    expect:
      access: { roles: [], plan: free }
  - name: as many roles as fit
    context:
      user: { id: u3, roles: [a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s, t, u] }
    expect:
      scopes: [openid]
  - name: more roles than fit
    context:
      user: { id: u3, roles: [a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s, t, u, v] }
    expect:
      denied: enrichment_unavailable
  - name: a nightly job
    context:
      subject_type: machine
      client: { id: nightly-job }
    expect:
      only: true
`;
