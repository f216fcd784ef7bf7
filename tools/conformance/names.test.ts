import { createPolicy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import { afterAll, describe, expect, test } from 'vitest';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { issue } from '../../packages/cli/src/run/issue.ts';
import type { Trial } from '../../packages/cli/src/run/trial.ts';
import { issuersText, suites } from '../suites.ts';

/** What every object of JavaScript has something under, and texts that a careless table takes for more than a name. */
const names = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'then',
  'length',
  'account-suspended',
];

/** A spec with a name in one place, for the issuers whose settings it has; what a token is to have for it, if it passes. */
const places: Readonly<Record<string, (name: string) => string>> = {
  'a role': (name) => `claims: { c: { const: 1, kind: descriptive, when: '"${name}" in user.roles' } }`,
  'one of several roles': (name) =>
    `claims: { c: { const: 1, kind: descriptive, when: 'user.roles.exists(r, r in ["${name}", "b"])' } }`,
  'roles of a grant': (name) =>
    `claims: { c: { const: 1, kind: descriptive } }\nscopes: { s: { grant: '"${name}" in user.roles' } }`,
  'a role that is needed': (name) =>
    `claims: { c: { const: 1, kind: descriptive } }\ndeny: [{ when: '!("${name}" in user.roles)', reason: outsider }]`,
  'the reason of a denial': (name) =>
    `claims: { c: { const: 1, kind: descriptive } }\ndeny: [{ when: '"x" in user.roles', reason: ${name} }]`,
  'the value of a parameter': (name) =>
    `params: { p: { type: string, default: "${name}" } }\nclaims: { c: { const: "x ${`\${params.p}`}", kind: descriptive, when: 'params.p in user.roles' } }`,
  'a group': (name) => `claims: { c: { value: '"${name}" in user.groups', kind: descriptive } }`,
  'a client of a claim': (name) => `claims: { c: { const: 1, kind: descriptive, clients: ["${name}"] } }`,
  'an audience of a claim': (name) =>
    `claims: { c: { const: 1, kind: descriptive, audiences: ["${name}"] } }`,
  'a client of a condition': (name) =>
    `claims: { c: { const: 1, kind: descriptive, when: 'client.id in ["${name}", "other"]' } }`,
  'a scope of a condition': (name) =>
    `claims: { c: { const: 1, kind: descriptive, when: '"${name}" in request.scopes' } }`,
  'a setting of the deployment': (name) =>
    `sources: { s: { http: { url: "https://\${${name}}/a", headers: { x: "\${${name}}" } }, returns: { a: string } } }
claims: { c: { value: s.a, kind: descriptive, onMissing: { default: none } } }
${issuersText(({ settings }) => settings)}`,
  'a placeholder': (name) =>
    `claims: { c: { const: 1, kind: descriptive } }\nscopes: { "read.{${name}}": { grant: '${name} in user.groups' } }`,
  'a variable': (name) =>
    `claims: { c: { value: 'user.groups.filter(${name}, ${name} != "x")', kind: descriptive } }`,
  'the policy': (name) => `name: ${name}\nclaims: { c: { const: 1, kind: descriptive } }`,
  'the marker': (name) => `marker: ${name}\nclaims: { c: { const: 1, kind: descriptive } }`,
  'a key of a map': (name) => `claims: { c: { value: '{"${name}": 1, "b": 2}', kind: descriptive } }`,
  'a key that is looked up': (name) =>
    `tables: { t: { a: 1 } }\nclaims: { c: { value: '"${name}" in tables.t', kind: descriptive } }`,
  'a key that is not there': (name) =>
    `tables: { t: { a: x } }\nclaims: { c: { value: 'tables.t["${name}"]', kind: descriptive, onMissing: { default: none } } }`,
  'a parameter': (name) =>
    `claims: { c: { value: 'request.params["${name}"]', kind: descriptive, onMissing: { default: none } } }`,
  metadata: (name) =>
    `claims: { c: { value: 'client.metadata["${name}"]', kind: descriptive, onMissing: { default: none } } }`,
  "a claim's name at an issuer": (name) =>
    `claims: { c: { const: 1, kind: descriptive, as: { ${issuers.map(({ id }) => `${id}: "${name}"`).join(', ')} } } }`,
  ...Object.assign({}, ...[...suites.values()].map(({ places }) => places)),
};

const trial = (name: string): Trial => ({
  name: 'names',
  context: {
    subject_type: 'human',
    user: {
      id: 'u1',
      username: name.toLowerCase(),
      roles: [name, 'a'],
      groups: [name],
      attributes: { a: name },
    },
    org: { id: name, name },
    client: { id: name, name, metadata: {} },
    request: { grant_type: 'authorization_code', scopes: ['openid', name, `read.${name}`], params: {} },
  },
  answers: {},
  nowSeconds: 1_767_225_600,
  expect: undefined,
});

let issued = 0;
afterAll(() => expect(issued).toBeGreaterThan(300));

describe.each(Object.entries(places))('in the place of %s', (_place, textOf) => {
  test.each(names)('%s is a name like any other, or refused', async (name) => {
    const body = textOf(name);
    const text = `version: 1\n${/^name:/m.test(body) ? '' : 'name: names\n'}${body}\n`;
    const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
    const reading = readSpec({ file: 'names.yaml', text }, settings);
    const created = reading.spec && createPolicy(reading.spec, reading.source);
    const policy = created?.policy;
    const findings = [...reading.findings, ...(created?.findings ?? [])];
    if (policy === undefined) {
      expect(findings.filter(({ severity }) => severity === 'error')).not.toEqual([]);
      return;
    }
    const program = evaluateProgram(generateProgram(policy));
    for (const issuer of issuers) {
      const compilation = await issuer.compile(policy);
      const known = [...issuer.check(policy), ...compilation.findings];
      if (known.some(({ severity }) => severity === 'error')) continue;
      const stage = { issuer, policy, compilation, names: issuer.names(policy), program, findings: known };
      const { divergences } = await issue(stage, trial(name));
      expect(divergences, issuer.id).toEqual([]);
      issued++;
    }
  });
});
