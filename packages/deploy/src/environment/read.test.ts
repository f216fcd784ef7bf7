import { createPolicy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { secretReference } from '../secret-reference.ts';
import { environmentJsonSchema } from './json-schema.ts';
import { readEnvironment } from './read.ts';

const target = {
  settings: z.strictObject({ domain: z.string(), clientSecret: secretReference.optional() }),
};
const served = { settings: z.strictObject({ url: z.string() }), fillsSettings: false };
const targets = { acme: target, served, other: undefined };

const policy = policyOf(`version: 1
name: named
sources:
  crm: { http: { url: "https://\${CRM_HOST}/", headers: { authorization: "Bearer \${CRM_TOKEN}" } }, returns: { plan: string } }
claims: { plan: { value: crm.plan, kind: descriptive } }
issuers: { acme: {}, served: {} }
`);

function policyOf(text: string) {
  const issuers = { acme: z.strictObject({}), served: z.strictObject({}) };
  const reading = readSpec({ file: 'enrichment.yaml', text }, issuers);
  if (reading.spec === undefined) throw new Error(reading.findings.map(({ message }) => message).join());
  const created = createPolicy(reading.spec, reading.source);
  if (created.policy === undefined) throw new Error('no policy');
  return created.policy;
}

const settings = 'settings: { CRM_HOST: { value: crm.acme.example }, CRM_TOKEN: { env: CRM_TOKEN } }\n';

function read(text: string, file = 'environments/prod.yaml') {
  return readEnvironment({ file, text }, { targets, policy });
}

test('an environment has settings, entries of each target, and a journal', () => {
  const { environment, findings } = read(`${settings}
targets:
  acme: { domain: acme.example, clientSecret: { command: [op, read, secret] } }
  served: [{ url: https://one.acme.example }, { url: https://two.acme.example }]
journal: ../journals/prod
`);
  expect(findings).toEqual([]);
  expect(environment).toEqual({
    settings: { CRM_HOST: { value: 'crm.acme.example' }, CRM_TOKEN: { env: 'CRM_TOKEN' } },
    targets: {
      acme: [{ domain: 'acme.example', clientSecret: { command: ['op', 'read', 'secret'] } }],
      served: [{ url: 'https://one.acme.example' }, { url: 'https://two.acme.example' }],
    },
    journal: '../journals/prod',
  });
});

test('a file in JSON is read too', () => {
  const text = JSON.stringify({ targets: { served: { url: 'https://acme.example' } } });
  expect(read(text, 'environments/prod.json').environment?.targets).toEqual({
    served: [{ url: 'https://acme.example' }],
  });
});

describe('a finding stands at what is wrong, and says what to do', () => {
  test.each<[what: string, text: string, rule: string, underlined: string, says: RegExp]>([
    [
      'an unknown key',
      `parameters: { region: eu }\n${settings}targets: { acme: { domain: a } }`,
      'TE002',
      'parameters',
      /`parameters` is not a key here/,
    ],
    [
      'a misspelt key',
      `${settings}targts: { acme: { domain: a } }`,
      'TE002',
      'targts',
      /Did you mean `targets`/,
    ],
    [
      'an unknown target',
      `${settings}targets: { acmee: { domain: a } }`,
      'TE002',
      'acmee',
      /Did you mean `acme`/,
    ],
    [
      'an issuer that cannot be published to',
      `${settings}targets: { other: {} }`,
      'TE950',
      'other',
      /cannot publish to `other`.*`acme`, `served`/,
    ],
    ['no target', `${settings}targets: {}`, 'TE950', 'targets', /has no target/],
    ['a key twice', `${settings}targets: { acme: { domain: a, domain: b } }`, 'TE001', 'domain', /domain/],
    [
      'an unknown key of an entry',
      `${settings}targets: { acme: { domain: a, client: b } }`,
      'TE002',
      'client',
      /`client` is not a key of `targets.acme`/,
    ],
    [
      'an unknown key in a list of entries',
      `${settings}targets: { acme: [{ domain: a }, { domian: b }] }`,
      'TE002',
      'domian',
      /Did you mean `domain`/,
    ],
    ['an empty list', `${settings}targets: { acme: [] }`, 'TE003', 'acme', /at least 1 item/],
    [
      'a missing setting',
      'settings: { CRM_HOST: { env: H } }\ntargets: { acme: { domain: a } }',
      'TE951',
      'settings',
      /\$\{CRM_TOKEN\}.*CRM_TOKEN: \{ env: CRM_TOKEN \}/,
    ],
    [
      'a setting that nothing reads',
      `settings: { CRM_HOST: { env: H }, CRM_TOKEN: { env: T }, CRM_TOKN: { env: T } }\ntargets: { acme: { domain: a } }`,
      'TE952',
      'CRM_TOKN',
      /Nothing in the spec reads.*`CRM_HOST`, `CRM_TOKEN`/,
    ],
    ['a tag', `${settings}targets: { acme: { domain: !env a } }`, 'TE001', '!env', /tag/],
    ['what is not YAML', 'targets: {', 'TE001', '{', /./],
    ['an empty file', '', 'TE001', '', /empty/],
  ])('%s', (_, text, rule, underlined, says) => {
    const { findings } = read(text);
    expect(findings.map((each) => each.rule)).toEqual([rule]);
    const [finding] = findings;
    expect(text.slice(finding?.range?.start.offset, finding?.range?.end.offset)).toBe(underlined);
    expect(`${finding?.message} ${finding?.help}`).toMatch(says);
  });

  test('a target that the spec is not for', () => {
    const alone = policyOf('version: 1\nname: named\nclaims: {}\nissuers: { acme: {} }');
    const text = 'targets: { served: { url: https://acme.example } }';
    const { environment, findings } = readEnvironment(
      { file: 'prod.yaml', text },
      { targets, policy: alone },
    );
    expect(environment).toBeUndefined();
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      ['TE950', 'The spec is not for the issuer `served`.'],
    ]);
  });

  test('a target with several forms: the finding is about the form that is meant', () => {
    const either = { settings: z.union([target.settings, z.strictObject({ token: secretReference })]) };
    const text = 'targets: { acme: { domain: a, clientSecret: plain } }';
    const { findings } = readEnvironment({ file: 'prod.yaml', text }, { targets: { acme: either } });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Write where the value is kept/),
    ]);
  });

  describe('a setting that is kept in AWS', () => {
    const kept =
      'settings: { CRM_HOST: { ssm: /crm/host }, CRM_TOKEN: { secretsManager: "prod/crm:token" } }\n';
    const text = `${kept}targets: { acme: { domain: acme.example }, served: { url: https://acme.example } }`;

    test('is one that a target must be able to read there', () => {
      const { findings } = read(text);
      expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
        ['TE954', 'The value of `${CRM_HOST}` is kept in AWS, and `acme` cannot read it there.'],
        ['TE954', 'The value of `${CRM_TOKEN}` is kept in AWS, and `acme` cannot read it there.'],
      ]);
      const able = { ...targets, acme: { ...target, resolvesReferences: true } };
      const reading = readEnvironment({ file: 'prod.yaml', text }, { targets: able, policy });
      expect(reading.findings).toEqual([]);
      expect(reading.environment?.settings).toEqual({
        CRM_HOST: { ssm: '/crm/host' },
        CRM_TOKEN: { secretsManager: 'prod/crm:token' },
      });
    });

    test.each([
      ['{ secretsManager: two words }', /name or the ARN of a secret/],
      ['{ secretsManager: "" }', /name or the ARN of a secret/],
      ['{ ssm: "a b" }', /name of a parameter/],
      ['{ ssm: a, env: B }', /^Write where the value is kept/],
    ])('%s is not a place', (reference, says) => {
      const { findings } = read(text.replace('{ ssm: /crm/host }', reference));
      expect(findings[0]?.message).toMatch(says);
    });

    test('is not a credential of a target', () => {
      const { findings } = read(
        'targets: { acme: { domain: acme.example, clientSecret: { secretsManager: acme } } }',
      );
      expect(findings.map(({ rule }) => rule)).toContain('TE002');
    });
  });

  test('settings that only a server of ours reads need not be named', () => {
    const { environment, findings } = read('targets: { served: { url: https://acme.example } }');
    expect(findings).toEqual([]);
    expect(environment?.settings).toEqual({});
  });
});

describe('no finding and no shown text has the value of a secret', () => {
  const canary = 'c4nary9XsK2p0Lq7';
  test.each<[what: string, text: string, rules: readonly string[]]>([
    [
      'text in place of a reference',
      `${settings}targets: { acme: { domain: a, clientSecret: ${canary} } }`,
      ['TE003'],
    ],
    [
      'a plain setting',
      `settings: { CRM_HOST: { env: H }, CRM_TOKEN: { value: ${canary} } }\ntargets: { acme: { domain: a } }`,
      ['TE953'],
    ],
    [
      'a plain secret on a line of its own',
      `${settings}targets:\n  acme:\n    domain: a\n    clientSecret:\n      value: "${canary}"\n`,
      ['TE953'],
    ],
    [
      'a password in an address',
      `settings: { CRM_HOST: { value: "https://ada:${canary}@crm.acme.example" }, CRM_TOKEN: { env: T } }\ntargets: { acme: { domain: a } }`,
      ['TE953'],
    ],
    [
      'a value as the name of a variable',
      `${settings}targets: { acme: { domain: a, clientSecret: { env: ${canary}- } } }`,
      ['TE003'],
    ],
    [
      'a misspelt `value`',
      `${settings}targets: { acme: { domain: a, clientSecret: { vaule: ${canary} } } }`,
      ['TE002'],
    ],
    ['a broken file', `${settings}targets: { acme: { clientSecret: { value: "${canary} } }`, ['TE001']],
    [
      'a private key',
      `${settings}targets: { acme: { domain: a, clientSecret: { value: "-----BEGIN PRIVATE KEY-----\n  ${canary}\n  -----END PRIVATE KEY-----" } } }`,
      ['TE953'],
    ],
  ])('%s', (_, text, rules) => {
    const { findings, shownText } = read(text);
    expect(findings.map(({ rule }) => rule)).toEqual(rules);
    expect(JSON.stringify(findings)).not.toContain(canary);
    expect(shownText).not.toContain(canary);
    expect(shownText).toHaveLength(text.length);
  });

  test('a harmless value is not called a secret', () => {
    const text = `settings: { CRM_HOST: { value: crm.eu-central-1.acme.example }, CRM_TOKEN: { env: T } }
targets: { acme: { domain: a } }`;
    expect(read(text).findings).toEqual([]);
  });
});

test('the JSON Schema knows the targets and their entries', () => {
  expect(environmentJsonSchema(targets)).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Claimsmith environment',
    required: ['targets'],
    additionalProperties: false,
    properties: {
      targets: {
        additionalProperties: false,
        properties: {
          acme: { anyOf: [{ required: ['domain'] }, { type: 'array', minItems: 1 }] },
          served: {},
        },
      },
    },
  });
});
