/** Where editors find the JSON Schemas: in the installed package. */
const schemaFolder = './node_modules/claimsmith/schema';

/** The spec that `claimsmith init` writes: small, complete, and free of findings. */
export const firstSpec = `# yaml-language-server: $schema=${schemaFolder}/enrichment.schema.json
version: 1
name: my-api
namespace: https://my-company.example/   # prefix for claim names that an issuer refuses bare
lifetime: { access: 10m }

user:
  attributes:                            # what the policy knows of a user beyond the standard fields
    plan: string

claims:
  roles:
    value: user.roles
    kind: authoritative                  # services grant on it: without a value, no token
    maxItems: 20
    maxAge: 15m
    when: subject_type == "human"
    owner: identity@my-company.example
    consumers: [my-api]
  plan:
    value: user.attributes.plan
    kind: descriptive                    # services may show it, and grant nothing on it
    onMissing: { default: free }
    when: subject_type == "human"
    owner: billing@my-company.example
    consumers: [my-api]

issuers:
  auth0: {}
`;

/** The scenario that `claimsmith init` writes. */
export const firstScenario = `# yaml-language-server: $schema=../${schemaFolder.slice(2)}/scenarios.schema.json
- name: a user with a role
  context:
    user: { id: u1, roles: [admin], attributes: { plan: gold } }
    subject_type: human
  expect:
    access: { roles: [admin], plan: gold }
- name: a user without a plan
  context:
    user: { id: u2, roles: [] }
    subject_type: human
  expect:
    access: { roles: [], plan: free }
`;
