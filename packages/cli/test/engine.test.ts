import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformer, validator } from '@openfga/syntax-transformer';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { cfnLintForTests } from '../../../tools/servers/cfn-lint.ts';
import { findCommand } from '../../../tools/servers/process.ts';
import { danglingReferences, resourceFaults } from './export/terraform-resources.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const example = 'examples/verified-permissions';
const issuers = ['auth0', 'cognito', 'keycloak', 'okta'];

async function printed(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await claimsmith(repository, 'engine', ...args);
  expect([code, err]).toEqual([0, '']);
  return out;
}

describe('a policy store of Verified Permissions', () => {
  const lint = cfnLintForTests();
  test.skipIf(lint === undefined)('CloudFormation takes its template, for each issuer', async () => {
    if (lint === undefined) return;
    const folder = scratchFolder({});
    const files: string[] = [];
    for (const issuer of issuers) {
      const path = join(folder, `${issuer}.json`);
      writeFileSync(path, await printed('--for', 'cloudformation', '--issuer', issuer, example));
      files.push(path);
    }
    const { status, stdout } = spawnSync(lint, ['--regions', 'eu-central-1', '--', ...files], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  test.each(issuers)('Terraform takes its file for %s', async (issuer) => {
    const file = JSON.parse(await printed('--for', 'terraform', '--issuer', issuer, example));
    expect(resourceFaults(file)).toEqual([]);
    expect(danglingReferences(file)).toEqual([]);
  });

  test('is for one issuer, and needs the files of Cedar', async () => {
    const several = await claimsmith(repository, 'engine', '--for', 'terraform', example);
    expect([several.code, several.err]).toEqual([
      64,
      'error: a policy store is for the tokens of one issuer: --issuer auth0, or --issuer cognito, or --issuer keycloak, or --issuer okta\n',
    ]);
    const folder = scratchFolder({});
    cpSync(join(repository, example), folder, { recursive: true });
    writeFileSync(
      join(folder, 'cedar/more.cedar'),
      'forbid (principal, action, resource) when { resource.site == "e\u0301" };\n',
    );
    const composed = await claimsmith(folder, 'engine', '--for', 'terraform', '--issuer', 'okta');
    expect([composed.code, composed.err]).toEqual([64, expect.stringContaining('composes characters')]);
    writeFileSync(
      join(folder, 'cedar/more.cedar'),
      `forbid (principal, action, resource) when { resource.site == "${'x'.repeat(10_000)}" };\n`,
    );
    const long = await claimsmith(folder, 'engine', '--for', 'cloudformation', '--issuer', 'okta');
    expect([long.code, long.err]).toEqual([64, expect.stringContaining('cedar/more.cedar:1 has 10')]);
    const without = await claimsmith(repository, 'engine', '--for', 'terraform', 'examples/quickstart');
    expect(without.err).toContain('needs a spec with a schema and policies of Cedar in the folder cedar');
  });
});

test('the type of a token is there before the files of Cedar; a fraction is refused', async () => {
  const { out } = await claimsmith(repository, 'engine', '--for', 'cedar', 'examples/quickstart');
  expect(out).toMatch(/^type Token = \{\n/);
  const { code, err } = await claimsmith(repository, 'engine', '--for', 'cedar', 'examples/payments');
  expect(code).toBe(2);
  expect(err).toContain('Cedar cannot carry `approval_limit`, because its type is double.');
});

test('OPA’s schema takes a token, and refuses a claim of another type', async () => {
  const isInput = new Ajv({ allowUnionTypes: true }).compile(
    JSON.parse(await printed('--for', 'opa', example)),
  );
  const token = {
    iss: 'https://a',
    aud: ['a', 'b'],
    scope: 'openid',
    policy: 'records@1',
    clearance: 3,
    roles: ['buyer'],
    other: {},
  };
  expect(isInput({ token })).toBe(true);
  expect(isInput({ token: { ...token, clearance: 2.5 } })).toBe(false);
  expect(isInput({ token: { ...token, roles: 'buyer' } })).toBe(false);
});

/** The command of OPA: `OPA`, else `opa`. No registry of packages has it, and building it takes minutes, so this runs only where it is there. */
const opa = process.env['OPA'] ?? findCommand(['opa']);

if (opa !== undefined)
  test('OPA checks the policy of docs/decide-with-cedar.md with the schema', async () => {
    const page = readFileSync(join(repository, 'docs/decide-with-cedar.md'), 'utf8');
    const [, policy = ''] = /^```rego\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const check = async (text: string) => {
      const folder = scratchFolder({
        'schemas/input.json': await printed('--for', 'opa', example),
        'records.rego': text,
      });
      const { status, stdout, stderr } = spawnSync(
        opa,
        ['check', '--strict', '--schema', 'schemas', 'records.rego'],
        { cwd: folder, encoding: 'utf8' },
      );
      return { status, said: stdout + stderr };
    };
    expect(await check(policy)).toEqual({ status: 0, said: '' });
    const misspelt = await check(policy.replace('token.roles', 'token.rols'));
    expect(misspelt.status).toBe(1);
    expect(misspelt.said).toContain('undefined ref: input.token.rols');
    expect(
      (await check(policy.replace('"reviewer" in input.token.roles', 'input.token.roles == 3'))).status,
    ).toBe(1);
  });

test.each(['examples/payments', 'examples/quickstart', example])(
  'OpenFGA takes the model for %s',
  async (spec) => {
    const dsl = await printed('--for', 'openfga', spec);
    expect(() => validator.validateDSL(dsl)).not.toThrow();
    const model = transformer.transformDSLToJSONObject(dsl);
    expect(model.type_definitions.map(({ type }: { readonly type: string }) => type)).toContain(
      'requirement',
    );
  },
);

test.each(['string', 'list(string)'])(
  'OpenFGA takes claims of type %s whatever their names',
  async (type) => {
    const names =
      'in has like type define condition list map this self size relation relations module by id from with as or and but not extend null true timestamp duration ipaddress int any schema model least value key user requirement all exists acme:x-y acme:x_y 9 ü'.split(
        ' ',
      );
    const claims = names.map((name) => `  "${name}": { value: user.attributes.a, kind: descriptive }`);
    const spec = `version: 1\nname: names\nuser: { attributes: { a: ${type} } }\nclaims:\n${claims.join('\n')}\nissuers: { keycloak: { scripts: true, audience: "https://acme.example/" } }\n`;
    const folder = scratchFolder({ 'enrichment.yaml': spec });
    const { out: dsl, err, code } = await claimsmith(folder, 'engine', '--for', 'openfga');
    expect([code, err]).toEqual([0, '']);
    expect(() => validator.validateDSL(dsl)).not.toThrow();
    const model = transformer.transformDSLToJSONObject(dsl);
    expect(Object.keys(model.conditions ?? {})).toHaveLength(names.length);
    expect(dsl).toContain('# The claim in is in_2 here.\n');
  },
);

test('what follows from a contract.json is the same', async () => {
  const folder = scratchFolder({});
  await claimsmith(repository, 'build', '--out', folder, 'examples/quickstart');
  const contract = join(folder, 'services/contract.json');
  for (const wanted of ['cedar', 'opa', 'openfga'])
    expect(await printed('--for', wanted, contract)).toBe(
      await printed('--for', wanted, 'examples/quickstart'),
    );
});
