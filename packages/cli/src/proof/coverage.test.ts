import { createPolicy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readScenarios, readSpec } from '@claimsmith/core/spec';
import { expect, test } from 'vitest';
import { runPolicy } from '../run/policy-run.ts';
import { coverageOf } from './coverage.ts';

/** What no scenario shows, as `claim plan is missing`. */
function untried(spec: string, scenarios: string): readonly string[] {
  const { spec: parsed, source } = readSpec(
    { file: 'spec.yaml', text: `version: 1\nname: covered\n${spec}` },
    {},
  );
  const { policy, findings } = createPolicy(parsed ?? fail('no spec'), source);
  if (policy === undefined) fail(findings.map(({ message }) => message).join());
  const program = evaluateProgram(generateProgram(policy));
  const read = readScenarios({ file: 'a.yaml', text: scenarios }, policy);
  expect(read.findings).toEqual([]);
  const runs = read.scenarios.map(({ context, sources }) => {
    const trial = { context, answers: sources };
    return { trial, ...runPolicy(program, policy, trial, context) };
  });
  return coverageOf([{ policy, runs }]).untried.map(({ part, name, what }) => `${part} ${name} ${what}`);
}

function fail(message: string): never {
  throw new TypeError(message);
}

const person = 'subject_type: human, user: { id: u1, roles: [], groups: [] }';
const asked = 'request: { scopes: [openid] }';

test('a default that reaches no token is not tried', () => {
  const spec = `sources:
  crm: { http: { url: "https://crm.example/{user.id}" }, returns: { plan: string, seats: int } }
claims:
  seats: { value: crm.seats, kind: authoritative }
  plan: { value: crm.plan, kind: descriptive, onMissing: { default: free } }
`;
  const up = `- { name: up, context: { ${person}, ${asked} }, sources: { crm: { plan: gold, seats: 1 } } }\n`;
  const down = `- { name: down, context: { ${person}, ${asked} }, sources: { crm: { fails: timeout } } }\n`;
  const bare = `- { name: bare, context: { ${person}, ${asked} }, sources: { crm: { seats: 1 } } }\n`;
  const job = `- { name: job, context: { subject_type: machine, ${asked} } }\n`;
  expect(untried(spec, up + down + job)).toEqual(['claim plan is missing']);
  expect(untried(spec, up + down + bare)).toEqual([
    'claim seats is left out for its subject',
    'claim plan is left out for its subject',
  ]);
  expect(untried(spec, up + down + bare + job)).toEqual([]);
});

test('nor is a claim of an ID token where there is none', () => {
  const spec = 'claims: { name: { value: user.name, kind: descriptive, tokens: [id] } }\n';
  const named = (scopes: string) =>
    `- { name: a, context: { subject_type: human, user: { name: Ada }, request: { scopes: [${scopes}] } } }\n`;
  expect(untried(spec, named('orders'))).toEqual(['claim name is emitted', 'claim name is missing']);
  expect(untried(spec, named('openid'))).toEqual(['claim name is missing']);
});

test('nor a missing claim where another denies as well, unless the one rests on the other', () => {
  const spec = (second: string) => `claims:
  a: { value: org.id, kind: authoritative }
  b: { value: ${second}, kind: authoritative }
`;
  const none = `- { name: none, context: { ${person}, ${asked} } }\n- { name: all, context: { ${person}, ${asked}, org: { id: o1, name: o2 } } }\n`;
  expect(untried(spec('org.name'), none)).toEqual(['claim a is missing', 'claim b is missing']);
  expect(untried(spec('claims.a + "x"'), none)).toEqual([]);
});

test('a rule that fails is another case than one that holds, and two rules of one reason are two', () => {
  const spec = `user: { attributes: { status: string, level: int } }
claims: { a: { const: 1, kind: descriptive } }
deny:
  - { when: user.attributes.status == "x", reason: no }
  - { when: 'has(user.attributes.level) && user.attributes.level > 3', reason: no }
`;
  const user = (attributes: string) =>
    `- { name: "${attributes}", context: { subject_type: human, user: { attributes: { ${attributes} } } } }\n`;
  const fine = user('status: a');
  expect(untried(spec, fine)).toEqual([
    'deny no (deny[0]) holds',
    'deny no (deny[0]) fails',
    'deny no (deny[1]) holds',
  ]);
  expect(untried(spec, fine + user('status: x, level: 9'))).toEqual([
    'deny no (deny[0]) fails',
    'deny no (deny[1]) holds',
  ]);
  expect(
    untried(spec, fine + user('status: x') + user('status: null, level: 9') + user('status: a, level: 9')),
  ).toEqual([]);
});

test('a `when` or a grant that fails is another case than one that is false', () => {
  const spec = `user: { attributes: { level: int } }
claims: { a: { value: user.id, kind: descriptive, when: user.attributes.level > 1 } }
scopes: { read: { grant: user.attributes.level > 2 } }
`;
  const user = (level: string, id = 'u1') =>
    `- { name: "${level} ${id}", context: { subject_type: human, user: { id: ${id}, attributes: { level: ${level} } }, request: { scopes: [read] } } }\n`;
  expect(untried(spec, user('1') + user('3'))).toEqual([
    'claim a is left out for its subject',
    'claim a has a `when` that fails',
    'claim a is missing',
    'scope read has a grant that fails',
  ]);
  const job = '- { name: job, context: { subject_type: machine } }\n';
  expect(untried(spec, user('1') + user('3') + user('null') + user('2', 'null') + job)).toEqual([]);
});

test('a `when` that a parameter makes always true is not a case of its own', () => {
  const spec = `params: { stage: { type: string, default: dev } }
claims: { a: { value: user.username, kind: descriptive, when: 'params.stage == "dev"' } }
`;
  const scenarios = `- { name: both, context: { ${person} } }\n- { name: job, context: { subject_type: machine } }\n`;
  expect(untried(spec, scenarios)).toEqual(['claim a is emitted']);
});

test('an audience and a client are told apart', () => {
  const spec = 'claims: { a: { const: 1, kind: descriptive, audiences: [api], clients: [web] } }\n';
  const by = (audience: string, client: string) =>
    `- { name: ${audience} ${client}, context: { ${person}, client: { id: ${client} }, request: { audience: ${audience} } } }\n`;
  expect(untried(spec, by('api', 'web') + by('other', 'cli'))).toEqual([
    'claim a is left out for its client',
  ]);
  expect(untried(spec, by('api', 'web') + by('other', 'web') + by('api', 'cli'))).toEqual([]);
});

test('a spec that says something of delegated tokens is tried with an actor', () => {
  const claims = (more: string) => `claims:
  tier: { const: 1, kind: authoritative }
  name: { const: 2, kind: descriptive }
  kept: { const: 3, kind: authoritative${more} }
scopes: { pay: { grant: client.id == "web" } }
`;
  const by = (actor: string, client: string) =>
    `- { name: ${client}${actor.length}, context: { ${person}, client: { id: ${client} }, request: { scopes: [pay] }${actor} } }\n`;
  const direct = by('', 'web') + by('', 'job');
  const nobody = '- { name: nobody, context: { subject_type: human, request: { scopes: [pay] } } }\n';
  expect(untried(claims(''), direct + nobody)).toEqual([]);
  expect(untried(claims(', delegated: true'), direct + nobody)).toEqual([
    'claim tier is left out of a delegated token',
    'claim kept is emitted in a delegated token',
    'scope pay is refused in a delegated token',
  ]);
  expect(untried(claims(', delegated: true'), direct + nobody + by(', actor: { sub: a }', 'web'))).toEqual(
    [],
  );
  // A scope that is refused to an actor says nothing of its grant.
  const acting = by('', 'web') + by(', actor: { sub: a }', 'job') + by(', actor: { sub: a }', 'web');
  expect(untried(claims(', delegated: true'), acting)).toEqual(['scope pay is refused']);
});
