import { isDeepStrictEqual } from 'node:util';
import type { Compilation } from '@claimsmith/core';
import { expect, it } from 'vitest';
import { policyOf } from '../../test/policies.ts';
import { okta } from '../index.ts';
import { facts } from './facts.ts';

const policy = policyOf(`lifetime: { access: 10m }
user: { attributes: { plan: string, units: list(string) } }
sources:
  stock: { http: { url: "https://\${STOCK_HOST}/{user.id}", private: true }, returns: { units: list(string) } }
claims:
  plan: { value: user.attributes.plan, kind: descriptive, tokens: [access, id], when: subject_type == "human" }
  units: { value: 'stock.units.filter(u, u in user.attributes.units)', kind: authoritative, when: subject_type == "human" }
  name: { value: user.name, kind: descriptive, tokens: [id], when: subject_type == "human" }
scopes: { pay: { grant: 'subject_type == "human" && "buyer" in user.roles' } }
issuers:
  okta:
    audience: https://api.acme.example/
    guard: [sentinel, quarantine, short_life]
    hook: { url: "https://hook.acme.example/", auth: oauth, authorizationServer: hooks, deadline: 1200ms }
`);
const compilation = await okta.compile(policy);

function differing(changed: Compilation): readonly string[] {
  return facts(policy, changed)
    .filter(({ expected, actual }) => !isDeepStrictEqual(expected, actual))
    .map(({ at }) => at);
}

it('what is built is what the spec and its settings say', () => {
  expect(facts(policy, compilation).filter(({ at }) => differing(compilation).includes(at))).toEqual([]);
  expect(facts(policy, compilation).length).toBeGreaterThan(25);
});

it.each([
  ['manifest.json', '"default"', '"other"', 'authorization server'],
  ['manifest.json', '"pay"', '"play"', 'scopes of the authorization server'],
  ['manifest.json', '"https://hook.acme.example/"', '"https://hook.other.example/"', 'address of the hook'],
  ['manifest.json', '"hooks"', '"default"', 'authorization server of the hook'],
  ['manifest.json', '"inlineHook": "claimsmith-test"', '"inlineHook": "other"', 'hook of the rules'],
  ['manifest.json', '"STOCK_HOST"', '"OTHER"', 'settings of the hook in the manifest'],
  ['manifest.json', '    "short_life"', '    "sentinel"', 'guard'],
  ['manifest.json', '"name": "units"', '"name": "unit"', 'attributes of `user` that no schema has'],
  ['policy.mjs', 'deadlineMs: 1200', 'deadlineMs: 2900', 'deadline of the hook'],
  ['policy.mjs', '"value":"unenriched"', '"value":"x"', 'guard of the hook'],
  ['policy.mjs', '"private": true', '"private": false', 'source stock: may be on a private network'],
])('%s: %s for %s is told', (file, from, to, at) => {
  const artifacts = compilation.artifacts.map((artifact) =>
    artifact.path === file ? { ...artifact, content: artifact.content.replace(from, to) } : artifact,
  );
  expect(artifacts).not.toEqual(compilation.artifacts);
  expect(differing({ ...compilation, artifacts })).toContain(at);
});
