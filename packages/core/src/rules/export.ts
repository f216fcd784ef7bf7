import type { RuleInfo } from './rule.ts';

/** Rules about what formats of `claimsmith export` cannot say. Each issuer reports them with its name. */
export const exportRules: readonly RuleInfo[] = [
  {
    id: 'TE940',
    slug: 'export-leaves-a-step',
    severity: 'warning',
    format: 'terraform',
    title: 'An exported folder says everything that the policy needs at the issuer.',
    why: 'The format cannot say a part, or the part belongs to others. Until somebody does it, tokens lack claims, or the policy does not run.',
    mend: 'Do the step that the finding names. `claimsmith apply` does most of them.',
    bad: `lifetime: { access: 10m }
claims:
  client: { value: client.id, kind: descriptive }
issuers: { okta: {} }`,
    good: `claims:
  client: { value: client.id, kind: descriptive }
issuers: { okta: {} }`,
  },
  {
    id: 'TE941',
    slug: 'export-deletes-others',
    severity: 'warning',
    format: 'keycloak-config',
    title: 'A tool does not delete what others have made.',
    why: 'With its default settings, the tool deletes what its files do not name, also what belongs to other teams.',
    mend: 'Run the tool with the settings that the exported folder has.',
    bad: `claims:
  staff: { const: true, kind: descriptive, when: '"staff" in user.roles' }
issuers: { keycloak: {} }`,
    good: `claims:
  staff: { const: true, kind: descriptive }
issuers: { keycloak: {} }`,
  },
  {
    id: 'TE942',
    slug: 'export-changes-text',
    severity: 'error',
    format: 'a0deploy',
    unacceptable: true,
    title: 'A tool hands on every text of the policy unchanged.',
    why: 'The tool replaces parts of texts, so the policy would decide something else.',
    mend: 'Change the text that the finding names, or use another format.',
    bad: `claims:
  plan: { const: "##PLAN##", kind: descriptive }
issuers: { auth0: {} }`,
    good: `claims:
  plan: { const: PLAN, kind: descriptive }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE943',
    slug: 'export-has-one-phase',
    severity: 'warning',
    format: 'terraform',
    title: 'A tool makes a change in the phases that the issuer needs.',
    why: 'New feeders must exist before the hook server takes a new policy, and old ones until it has taken it. A tool that creates and deletes in one run leaves a time in which the hook denies all tokens.',
    mend: 'Update the hook server in the same minutes, at a quiet time, or use `claimsmith apply`, which has phases.',
    bad: `user: { attributes: { limit: string } }
claims:
  limit: { value: user.attributes.limit + " EUR", kind: authoritative, when: 'request.ip != ""' }
issuers: { okta: { guard: [sentinel] } }`,
    good: `claims:
  address: { value: request.ip, kind: descriptive }
issuers: { okta: { guard: [sentinel] } }`,
  },
  {
    id: 'TE944',
    slug: 'export-keeps-secret',
    severity: 'warning',
    format: 'terraform',
    title: 'A tool does not keep secrets in its own files.',
    why: 'A person who can read the file has the secret.',
    mend: 'Keep the state in an encrypted backend that few people can read.',
    bad: `claims:
  address: { value: request.ip, kind: descriptive }
issuers: { okta: {} }`,
    good: `claims:
  client: { value: client.id, kind: descriptive }
issuers: { okta: {} }`,
  },
  {
    id: 'TE945',
    slug: 'export-without-issuer',
    severity: 'info',
    format: 'a0deploy',
    title: 'An exported folder is for every issuer of the spec.',
    why: 'The format is for another product, so the folder has nothing for this issuer.',
    mend: 'Export this issuer in a format of its own, or name the issuers with `--issuer`.',
    bad: `claims:
  client: { value: client.id, kind: descriptive }
issuers: { auth0: {}, okta: {} }`,
    good: `claims:
  client: { value: client.id, kind: descriptive }
issuers: { auth0: {} }`,
  },
];
