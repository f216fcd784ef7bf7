import { expect, test } from 'vitest';
import { createPolicy } from './create-policy.ts';
import { restsOn } from './rests-on.ts';
import { readSpec } from './spec/read.ts';

const text = `version: 1
name: rests
lifetime: { access: 5m }
sources:
  crm:
    http: { url: "https://crm.acme.example/{user.id}" }
    returns: { plan: string, blocked: bool }
    cache: 10m
claims:
  plan: { value: crm.plan, kind: authoritative }
  gold: { value: claims.plan == "gold" && client.id != "x", kind: authoritative, maxAge: 12m }
deny:
  - { reason: blocked, when: crm.blocked && subject_type == "human" }
issuers: {}
`;

function policyOf(spec: string) {
  const read = readSpec({ file: 'rests.yaml', text: spec }, {});
  if (read.spec === undefined) throw new Error(JSON.stringify(read.findings));
  return createPolicy(read.spec, read.source);
}

test('a part rests on what claims behind it read, and on what their sources are asked with', () => {
  const { draft } = policyOf(text);
  if (draft === undefined) throw new Error('no draft');
  const [plan, gold] = draft.claims;
  const rests = restsOn(draft);
  expect(plan && rests(plan.reads)).toEqual({
    claims: [],
    sources: ['crm'],
    fields: ['subject_type', 'user.id'],
  });
  expect(gold?.reads).toEqual({ claims: ['plan'], sources: [], fields: ['client.id', 'subject_type'] });
  expect(gold && rests(gold.reads)).toEqual({
    claims: ['plan'],
    sources: ['crm'],
    fields: ['client.id', 'subject_type', 'user.id'],
  });
  expect(gold && restsOn(draft, () => false)(gold.reads).sources).toEqual([]);
});

test('a deny rule says what it reads', () => {
  const { draft } = policyOf(text);
  expect(draft?.deny).toMatchObject([
    { reason: 'blocked', reads: { claims: [], sources: ['crm'], fields: ['subject_type'] } },
  ]);
});

test('a source behind another claim counts against `maxAge`', () => {
  expect(policyOf(text).findings).toMatchObject([
    { rule: 'TE501', message: expect.stringContaining('`plan`') },
    { rule: 'TE502', message: expect.stringContaining('`gold` may be 16m old') },
  ]);
  expect(policyOf(text.replace('maxAge: 12m', 'maxAge: 16m')).findings).toMatchObject([{ rule: 'TE501' }]);
});
