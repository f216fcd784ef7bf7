import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkIssuers, createPolicy, isError, isMapping, type Mapping, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { templateText } from '../../../core/test/terraform-template.ts';
import { issuers } from '../../src/issuers.ts';
import { exportFolder } from '../../src/run/export-folder.ts';
import { exportAll } from '../../src/run/exported.ts';
import { danglingReferences, resourceFaults } from './terraform-resources.ts';

const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));

/** What a spec is exported as, and the builds behind it. */
async function exported(text: string, format: string) {
  const { draft, spec, findings: reading } = readSpec({ file: 'x.yaml', text }, settings);
  if (draft === undefined || spec === undefined) throw new Error(JSON.stringify(reading));
  const created = createPolicy(spec, draft.source, { flaws: draft.flaws });
  const chosen = issuers.filter(({ id }) => Object.hasOwn(spec.issuers ?? {}, id));
  const findings = [...reading, ...created.findings, ...checkIssuers(created, chosen)];
  const { policy } = created;
  if (policy === undefined) throw new Error(JSON.stringify(findings));
  const all = await exportAll({ policyAt: (id) => created.at(id).policy, issuers: chosen, findings }, format);
  const { artifacts } = exportFolder(policy, all.parts);
  return {
    policy,
    findings: all.findings,
    files: new Map(artifacts.map(({ path, content }) => [path, content])),
  };
}

async function built(policy: Policy, issuer: string): Promise<ReadonlyMap<string, string>> {
  const compilation = await issuers.find(({ id }) => id === issuer)?.compile(policy);
  return new Map(compilation?.artifacts.map(({ path, content }) => [path, content]));
}

function json(files: ReadonlyMap<string, string>, path: string) {
  return JSON.parse(files.get(path) ?? '');
}

/** Every text of a `.tf.json` value as Terraform hands it on. It throws on expressions. */
function handedOn(value: unknown): unknown {
  if (typeof value === 'string') return templateText(value);
  if (Array.isArray(value)) return value.map(handedOn);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [templateText(key), handedOn(one)]));
}

const wide = `
version: 1
name: wide
lifetime: { access: 10m }
user: { attributes: { limit: string } }
claims:
  staff: { const: true, kind: descriptive, when: '"staff" in user.roles' }
  text: { const: "100%{x} $(env:HOME) \\u2028 é", kind: descriptive }
  https://acme.example/x: { const: [1, "x"], kind: descriptive }
  address: { value: request.ip + user.attributes.limit, kind: descriptive, when: subject_type == "human" }
scopes:
  orders.read: { grant: 'subject_type == "human" && "clerk" in user.roles' }
`;
const variants = {
  'the example payments': readFileSync(
    fileURLToPath(new URL('../../../../examples/payments/enrichment.yaml', import.meta.url)),
    'utf8',
  ),
  'roles of a realm': wide
    .replace(/ {2}address.*\n/, '')
    .replace('subject_type == "human" && ', '')
    .concat('issuers: { keycloak: { realm: [a, b], audience: "https://%{x}/" } }\n'),
  'roles of a client': wide
    .replace(/ {2}address.*\n/, '')
    .replace('subject_type == "human" && ', '')
    .concat('issuers: { keycloak: { rolesFrom: { client: "shop %{x}" } } }\n'),
  'a hook with OAuth, an authorization server by name': wide.concat(
    'issuers: { okta: { audience: api, guard: [quarantine], idTokens: false, authorizationServer: "My %{server}", hook: { auth: oauth, authorizationServer: other, url: "https://hook.acme.example/%{x}" } } }\n',
  ),
  'no hook':
    'version: 1\nname: bare\nclaims: { plan: { const: free, kind: descriptive } }\nissuers: { okta: {} }\n',
};

describe.each(Object.entries(variants))('%s as Terraform', (_name, text) => {
  test('has only arguments that the providers take, and no reference into the void', async () => {
    const { files, findings } = await exported(text, 'terraform');
    expect(findings.filter(isError)).toEqual([]);
    const paths = [...files.keys()].filter((path) => path.endsWith('.tf.json'));
    expect(paths).toContain('versions.tf.json');
    for (const path of paths) {
      expect(resourceFaults(json(files, path)), path).toEqual([]);
      expect(danglingReferences(json(files, path)), path).toEqual([]);
    }
    const read = [...files.values()].join('\n').matchAll(/path\.module\}\/([^\\"]+)/g);
    for (const [, path = ''] of read) expect([...files.keys()]).toContain(path);
  });

  test('has a default for no secret, and marks it', async () => {
    const { files } = await exported(text, 'terraform');
    for (const [path, content] of files) {
      if (!path.endsWith('.tf.json')) continue;
      for (const [name, variable] of Object.entries<Mapping>(JSON.parse(content).variable ?? {})) {
        const isSecret = /secret$/i.test(name) || /^(?:auth0|cognito)_[A-Z]/.test(name);
        if (isSecret) expect(variable, name).toMatchObject({ sensitive: true, nullable: false });
        if (isSecret) expect(variable, name).not.toHaveProperty('default');
      }
    }
  });
});

test('a wrong argument, a missing one and a dangling reference are found', () => {
  const file = {
    resource: {
      okta_inline_hook: { hook: { name: 'x', type: 1, versoin: '1' } },
      okta_hook: {},
    },
    output: { a: { value: '${okta_inline_hook.other.id} $${var.x}', depends_on: ['okta_inline_hook.hook'] } },
  };
  expect(resourceFaults(file)).toEqual([
    'okta_inline_hook.hook lacks version',
    'okta_inline_hook.hook.type is not of type text',
    'okta_inline_hook.hook has no argument versoin',
    'okta_hook is not known',
  ]);
  expect(danglingReferences(file)).toEqual(['okta_inline_hook.other']);
});

describe('the order in Terraform', () => {
  test('a proof comes after its feeders, and the hook is bound after all claims', async () => {
    const { files } = await exported(variants['the example payments'], 'terraform');
    const { resource, output } = json(files, 'okta.tf.json');
    const claims: Readonly<Record<string, { name: string; claim_type: string; depends_on?: string[] }>> =
      resource.okta_auth_server_claim;
    const labels = (type: string, isProof: boolean) =>
      Object.keys(claims).filter(
        (label) =>
          claims[label]?.claim_type === type &&
          claims[label].name.startsWith('cs_') &&
          claims[label].name.startsWith('cs_feeders_') === isProof,
      );
    for (const type of ['RESOURCE', 'IDENTITY']) {
      const [proof = ''] = labels(type, true);
      const feeders = labels(type, false).map((label) => `okta_auth_server_claim.${label}`);
      expect(feeders.length).toBeGreaterThan(2);
      expect(claims[proof]?.depends_on).toEqual(feeders);
    }
    expect(output.okta_inline_hook_id.depends_on).toEqual(
      Object.keys(claims).map((label) => `okta_auth_server_claim.${label}`),
    );
  });

  test('names of client scopes come out after the roles that permit them', async () => {
    const { files } = await exported(variants['roles of a realm'], 'terraform');
    const { resource, output } = json(files, 'keycloak.tf.json');
    const permits = Object.keys(resource.keycloak_generic_role_mapper);
    expect(permits).toHaveLength(4);
    for (const { depends_on } of Object.values<{ depends_on: string[] }>(output))
      expect(depends_on).toEqual(
        expect.arrayContaining(permits.map((label) => `keycloak_generic_role_mapper.${label}`)),
      );
  });
});

/** Texts with what templates and placeholders are made of. */
const pieces = [
  '$',
  '%',
  '{',
  '}',
  '(',
  ')',
  '"',
  '\\',
  '~',
  '#',
  '@',
  "'",
  'a',
  'é',
  '\u2028',
  '\u0085',
  '😀',
  ' ',
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 12 })
  .map((parts) => parts.join('').normalize('NFC'))
  // `check` refuses these: they look like settings, and like claims of another type.
  .filter((text) => !/\$\{/.test(text) && text.trim() !== '');

/** As a text in YAML; as it is, some control characters may not be in a file. */
function quoted(text: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, code);
}

function specWith(constant: string, other: string): string {
  return `version: 1
name: random
user: { attributes: { country: string } }
tables: { names: { DE: ${quoted(other)} } }
claims:
  text: { const: ${quoted(constant)}, kind: descriptive }
  list: { const: [${quoted(other)}], kind: descriptive }
  country: { value: 'tables.names[user.attributes.country]', when: 'subject_type == "human"', kind: descriptive }
issuers: { auth0: {}, okta: {}, keycloak: { scripts: true, audience: https://api.acme.example/ } }
`;
}

describe('random texts of a policy', () => {
  test('reach each vendor as the build has them, by Terraform', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (constant, other) => {
        const { policy, files, findings } = await exported(specWith(constant, other), 'terraform');
        expect(findings.filter(isError)).toEqual([]);
        const okta = json(files, 'okta.tf.json').resource.okta_auth_server_claim;
        const native = json(await built(policy, 'okta'), 'native-claims.json');
        expect(Object.values<Mapping>(okta).map(({ name, value }) => handedOn([name, value]))).toEqual(
          native.map(({ name, value }: Mapping) => [name, value]),
        );
        const mappers = json(files, 'keycloak.tf.json').resource.keycloak_generic_protocol_mapper;
        const { clientScopes } = json(await built(policy, 'keycloak'), 'client-scopes.json');
        expect(Object.values<Mapping>(mappers).map(({ config }) => handedOn(config))).toEqual(
          clientScopes.flatMap(({ protocolMappers }: { protocolMappers: Mapping[] }) =>
            protocolMappers.map(({ config }) => config),
          ),
        );
        const auth0 = await built(policy, 'auth0');
        expect(files.get('auth0/post-login.js')).toBe(auth0.get('post-login.js'));
      }),
      { numRuns: 40 },
    );
  });

  test('are refused where Terraform would compose them', async () => {
    const { findings } = await exported(specWith('e\u0301', 'b'), 'terraform');
    expect(findings.filter(isError).map(({ rule, issuer }) => `${rule} ${issuer}`)).toEqual([
      'TE942 auth0',
      'TE942 keycloak',
      'TE942 okta',
    ]);
  });

  test('arrive in a realm file, and nothing in it looks like a variable or a line break', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (constant, other) => {
        const text = specWith(constant, other)
          .replace(/auth0.*okta: \{\}, /, '')
          .replace('scripts: true, ', '')
          .replace(/ {2}country.*\n/, '');
        const { policy, files } = await exported(text, 'keycloak-config');
        const content = files.get('random.json') ?? '';
        expect(content).toMatch(/^[\n\x20-\x7e]*$/);
        expect(content).not.toContain('$');
        const { clientScopes } = json(await built(policy, 'keycloak'), 'client-scopes.json');
        expect(JSON.parse(content).clientScopes).toEqual(clientScopes);
      }),
      { numRuns: 40 },
    );
  });

  test('are in an Action for auth0-deploy-cli, or refused: no environment changes the code', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.stringMatching(/^[\w# @-]{1,3}$/), async (constant, other, key) => {
        const { policy, files, findings } = await exported(specWith(constant, other), 'a0deploy');
        if (findings.some(isError)) return;
        const code = files.get('actions/random-post-login/code.js') ?? '';
        expect(code).toBe((await built(policy, 'auth0')).get('post-login.js'));
        for (const sign of ['##', '@@']) expect(code).not.toContain(`${sign}${key}${sign}`);
      }),
      { numRuns: 40 },
    );
  });
});

test('a secret of an Action stands in its file as a placeholder that is not JSON until it is replaced', async () => {
  const { files } = await exported(variants['the example payments'], 'a0deploy');
  const file = files.get('actions/payments-post-login.json') ?? '';
  expect(() => JSON.parse(file)).toThrow(SyntaxError);
  const secret = JSON.stringify('a "quoted" $& secret');
  expect(JSON.parse(file.replaceAll('@@ENTITLEMENTS_TOKEN@@', () => secret)).secrets).toEqual([
    { name: 'ENTITLEMENTS_TOKEN', value: JSON.parse(secret) },
  ]);
});
