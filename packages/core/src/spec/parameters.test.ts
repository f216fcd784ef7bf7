import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createPolicy, type Finding } from '../index.ts';
import { evaluateProgram, generateProgram } from '../program/index.ts';
import { type GivenParameters, readSpec, readSpecData } from './index.ts';

const issuers = { keycloak: z.strictObject({ realm: z.string().optional() }) };

function given(values: Readonly<Record<string, unknown>>): GivenParameters {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, from: `--set ${name}` }]),
  );
}

function read(body: string, values: Readonly<Record<string, unknown>> = {}) {
  const text = `version: 1\nname: shop\n${body}`;
  const reading = readSpec({ file: 'x.yaml', text }, issuers, given(values));
  const created = reading.spec && createPolicy(reading.spec, reading.source);
  const findings = [...reading.findings, ...(created?.findings ?? [])];
  const underlined = ({ range }: Finding) => range && text.slice(range.start.offset, range.end.offset);
  return {
    ...reading,
    findings,
    policy: created?.policy,
    told: findings.map(
      (each) => [each.rule, underlined(each), `${each.message} ${each.help ?? ''}`] as const,
    ),
  };
}

const base = `params: { region: { type: string, default: eu }, tenant: string, limit: { type: int, default: 30 }, tiers: { type: list(string), default: [gold] } }
`;
const uses = `claims:
  region: { value: params.region, kind: descriptive }
  tenant: { const: "t-\${params.tenant}", kind: descriptive }
  limit: { value: 'params.limit > 2 ? "many" : client.id', kind: descriptive, maxBytes: "\${params.limit}" }
  tiers: { const: "\${params.tiers}", kind: descriptive, audiences: ["https://\${params.tenant}.example"] }
issuers: { keycloak: { realm: "\${params.tenant}" } }
`;

describe('the value of a parameter', () => {
  test('is in expressions and texts, and part of the revision', () => {
    const { policy, told } = read(base + uses, { tenant: 'acme' });
    expect(told).toEqual([]);
    expect(policy?.spec.issuers).toEqual({ keycloak: { realm: 'acme' } });
    expect(policy?.spec.claims['limit']?.maxBytes).toBe(30);
    expect(policy?.claims.find(({ name }) => name === 'limit')?.reads.fields).toEqual([]);
    const program = policy && evaluateProgram(generateProgram(policy));
    const decision = program?.decide(program.context({ request: { audience: 'https://acme.example' } }), {});
    expect(decision).toMatchObject({
      access: { region: 'eu', tenant: 't-acme', limit: 'many', tiers: ['gold'] },
    });
    const revisions = [{}, { region: 'us' }, { limit: '4' }, { tiers: 'gold,free' }].map(
      (values) => read(base + uses, { tenant: 'acme', ...values }).policy?.revision,
    );
    expect(new Set(revisions).size).toBe(4);
    expect(read(base + uses, { tenant: 'acme', region: 'eu' }).policy?.revision).toBe(revisions[0]);
  });

  test('from a file has its type already', () => {
    const { policy, told } = read(base + uses, { tenant: 'acme', limit: 1, tiers: ['a', 'b'] });
    expect(told).toEqual([]);
    expect(policy?.spec.claims['tiers']?.const).toEqual(['a', 'b']);
    expect(policy?.claims.find(({ name }) => name === 'limit')?.reads.fields).toEqual(['client.id']);
  });

  test('is in a spec that came as data, as from TypeScript', () => {
    const data = {
      version: 1,
      name: 'shop',
      params: { tenant: 'string' },
      claims: { t: { const: '${params.tenant}', kind: 'descriptive' } },
    };
    const locate = { key: () => undefined, value: () => undefined };
    const file = { file: 'x.ts', text: '', data, locate };
    expect(readSpecData(file, issuers, given({ tenant: 'acme' })).spec?.claims['t']?.const).toBe('acme');
  });
});

describe('a finding stands at what is wrong, and says what to do', () => {
  const claim = (value: string) => `claims: { c: { const: ${value}, kind: descriptive } }\n`;

  test.each<
    [what: string, text: string, values: Record<string, unknown>, rule: string, at: string, says: RegExp]
  >([
    [
      'no value',
      `params: { tenant: string }\n${claim('"${params.tenant}"')}`,
      {},
      'TE031',
      'tenant',
      /no value.*--set tenant=…/,
    ],
    [
      'a default of another type',
      `params: { n: { type: int, default: x } }\n${claim('"${params.n}"')}`,
      {},
      'TE031',
      'x',
      /type of the parameter, int.*--set n=3/,
    ],
    [
      'a given value of another type',
      `params: { n: int }\n${claim('"${params.n}"')}`,
      { n: '1.5' },
      'TE031',
      'n',
      /`--set n` does not have the type/,
    ],
    [
      'a value of null',
      `params: { n: string }\n${claim('"${params.n}"')}`,
      { n: null },
      'TE031',
      'n',
      /type/,
    ],
    [
      'a given value without a parameter',
      `params: { region: string }\n${claim('"${params.region}"')}`,
      { region: 'eu', regoin: 'us' },
      'TE032',
      'params',
      /`--set regoin`.*Did you mean `region`/,
    ],
    [
      'an unknown name in a text',
      `params: { region: { type: string, default: eu } }\n${claim('"a ${params.regoin} ${params.region}"')}`,
      {},
      'TE032',
      '${params.regoin}',
      /Did you mean `region`/,
    ],
    [
      'none declared',
      claim('"${params.region}"'),
      {},
      'TE032',
      '${params.region}',
      /params: \{ region: string \}/,
    ],
    [
      'an unknown name in an expression',
      'claims: { c: { value: params.region, kind: descriptive } }',
      {},
      'TE004',
      'region',
      /params: \{ region: string \}/,
    ],
    [
      'an unused one',
      `params: { region: { type: string, default: eu } }\n${claim('a')}`,
      {},
      'TE033',
      'region',
      /Nothing reads/,
    ],
    [
      'a list inside a text',
      `params: { tiers: { type: list(string), default: [a] } }\n${claim('"x ${params.tiers}"')}`,
      {},
      'TE031',
      '${params.tiers}',
      /stand alone/,
    ],
    [
      'a secret',
      `params: { key: { type: string, default: ghp_${'a'.repeat(36)} } }\n${claim('"${params.key}"')}`,
      {},
      'TE401',
      `ghp_${'a'.repeat(36)}`,
      /looks like a secret/,
    ],
    [
      'a setting as a value',
      `params: { key: { type: string, default: "\${KEY}" } }\n${claim('"${params.key}"')}`,
      {},
      'TE031',
      '"${KEY}"',
      /Where a deployment reads a setting/,
    ],
    [
      'a placeholder in an expression',
      `params: { region: { type: string, default: eu } }\nclaims: { c: { value: '"\${params.region}"', kind: descriptive } }`,
      {},
      'TE019',
      `'"\${params.region}"'`,
      /by its name: `params.region`/,
    ],
    [
      'a placeholder in a name',
      `params: { region: { type: string, default: eu } }\nclaims: { "c-\${params.region}": { const: a, kind: descriptive } }`,
      {},
      'TE019',
      '"c-${params.region}"',
      /not into names/,
    ],
    [
      'a setting where a parameter is meant',
      `params: { region: { type: string, default: eu } }\nclaims: { c: { const: "\${region}", kind: descriptive }, d: { value: params.region, kind: descriptive } }`,
      {},
      'TE019',
      '"${region}"',
      /`\$\{params.region\}`/,
    ],
    [
      'a value that makes the text wrong',
      `params: { ttl: { type: string, default: soon } }\nlifetime: { access: "\${params.ttl}" }\n${claim('a')}`,
      {},
      'TE003',
      '"${params.ttl}"',
      /duration/,
    ],
    [
      'a type that there is not',
      `params: { a: text }\n${claim('"${params.a}"')}`,
      {},
      'TE003',
      'text',
      /a type/,
    ],
    ['a list of parameters', `params: [region]\n${claim('a')}`, {}, 'TE003', 'params', /mapping/],
  ])('%s', (_, text, values, rule, at, says) => {
    const { told } = read(text, values);
    expect(told).toEqual([[rule, at, expect.stringMatching(says)]]);
  });

  test('the place of an expression in an address, behind a value that is longer or shorter', () => {
    for (const host of ['a', 'a-long-name-of-a-host']) {
      const { told } = read(
        `params: { host: string }
sources: { s: { http: { url: "https://\${params.host}.example/{user.idd}/\${params.host}" }, returns: { a: string } } }
claims: { c: { value: s.a, kind: descriptive } }
`,
        { host },
      );
      expect(told.map(([rule, at]) => [rule, at])).toEqual([['TE004', 'idd']]);
    }
  });
});

test('no value of a parameter becomes code, or a setting', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const { policy, told } = read(
        `params: { v: string }
claims:
  text: { const: "<\${params.v}>", kind: descriptive }
  value: { value: '"<" + params.v + ">"', kind: descriptive }
`,
        { v: value },
      );
      if (policy === undefined) return expect(told.map(([rule]) => rule)).not.toEqual([]);
      const program = evaluateProgram(generateProgram(policy));
      const decision = program.decide(program.context({}), {});
      expect(decision).toMatchObject({ access: { text: `<${value}>`, value: `<${value}>` } });
    }),
  );
});
