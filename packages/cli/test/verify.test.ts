import {
  type Issuance,
  type Place,
  type PlaceAnswer,
  type PlaceQuestion,
  TargetError,
} from '@claimsmith/core';
import { openJournals } from '@claimsmith/deploy';
import { expect, test } from 'vitest';
import { plain } from '../src/output/terminal.ts';
import { answersAt } from '../src/publish/ask.ts';
import { simulate } from '../src/run/simulate.ts';
import { stagesOf } from '../src/run/stages.ts';
import type { Stage, Trial } from '../src/run/trial.ts';
import { readTrials } from '../src/run/trials.ts';
import { showVerification, verificationJson } from '../src/show/verification.ts';
import { loadSpec } from '../src/spec/load.ts';
import { scratchFolder } from './scratch.ts';

const spec = `version: 1
name: shop
lifetime: { access: 10m }
user: { attributes: { tier: string } }
claims:
  roles: { value: user.roles, kind: authoritative, when: subject_type == "human", maxItems: 5 }
  tier: { value: user.attributes.tier, kind: descriptive, when: subject_type == "human" }
scopes:
  orders.read: { grant: 'subject_type == "human" && "clerk" in user.roles' }
deny: [{ when: 'subject_type == "human" && "blocked" in user.roles', reason: account_blocked }]
issuers: { auth0: {} }
namespace: https://acme.example/
`;

const scenarios = `
- name: a clerk
  context: { user: { id: u1, roles: [clerk], attributes: { tier: gold } }, request: { scopes: [openid, orders.read], audience: 'https://api.acme.example/' } }
  live: { client: web, user: ada }
- name: blocked
  context: { user: { id: u2, roles: [blocked] } }
  live: { auth0: { client: web, user: bob } }
- name: a visitor
  context: { user: { id: u3 } }
- name: at Okta alone
  context: { user: { id: u3 } }
  live: { okta: { client: web, user: eve } }
`;

/** An issuer that runs what is built, and remembers what it was asked. */
async function running(change: (issuance: Issuance) => Issuance = (issuance) => issuance) {
  const folder = scratchFolder({
    'enrichment.yaml': spec.replace('issuers: { auth0: {} }', 'issuers: { auth0: {}, okta: {} }'),
    'scenarios/all.yaml': scenarios,
  });
  const loaded = await loadSpec(undefined, ['auth0'], folder);
  const { stages, findings } = await stagesOf(loaded);
  const [stage] = stages;
  if (stage === undefined || loaded.policy === undefined)
    throw new Error(findings.map(({ message }) => message).join());
  const { trials } = await readTrials(loaded, [], folder);
  const questions: PlaceQuestion[] = [];
  const place = placeOf(async (question) => {
    questions.push(question);
    return [
      {
        issuance: change(await issuedFor(stage, question)),
        collisions: [],
        how: `a login of ${question.user}`,
      },
    ];
  });
  return { stage, stages, trials, place, questions, policy: loaded.policy };
}

async function issuedFor(stage: Stage, { context }: PlaceQuestion): Promise<Issuance> {
  const { issuer, policy } = stage;
  const event = issuer.simulator.eventFrom(context, policy);
  return (await simulate(stage, event, { answers: {}, nowSeconds: 1_767_225_600 }, [])).issuance;
}

function placeOf(ask: (question: PlaceQuestion) => Promise<readonly PlaceAnswer[]>): Place {
  const never = async () => {
    throw new Error('verify only asks');
  };
  return {
    name: 'acme.eu.auth0.com',
    compile: never,
    read: never,
    look: never,
    write: never,
    order: () => ({ phase: 0, rank: 0 }),
    ask,
  };
}

const terminal = { paint: plain, width: 80, program: 'claimsmith' };

async function shown(
  { stage, stages, trials, place, policy }: Awaited<ReturnType<typeof running>>,
  only?: Trial[],
) {
  const value = await answersAt({ issuer: stage.issuer, place }, stages, only ?? trials);
  const results = [
    {
      site: { issuer: stage.issuer, place, journal: openJournals('/nowhere').of('auth0', place.name) },
      value,
    },
  ];
  return {
    value,
    text: showVerification(results, only ?? trials, policy, terminal),
    json: verificationJson(results, only ?? trials),
  };
}

test('each scenario with live is asked once, as its client and user', async () => {
  const it = await running();
  const { text, value } = await shown(it);
  expect(
    value.answered.flatMap(({ verified }) => verified.flatMap(({ differences }) => differences)),
  ).toEqual([]);
  expect(it.questions.map(({ client, user, scopes }) => ({ client, user, scopes }))).toEqual([
    { client: 'web', user: 'ada', scopes: ['openid', 'orders.read'] },
    { client: 'web', user: 'bob', scopes: ['openid'] },
  ]);
  expect(it.questions[0]?.context).toMatchObject({ client: { id: 'web' }, user: { roles: ['clerk'] } });
  expect(text).toBe(`auth0  acme.eu.auth0.com
  ✓ a clerk  a login of ada
  ✓ blocked  a login of bob

✓ 2 tokens of 2 scenarios at 1 place, all as the policy decides
  Not asked: 1 scenario has no \`live:\`.
`);
});

test('a token that lives longer, or lacks the audience, is not as the policy decides; a shorter life is', async () => {
  const spans = async (seconds: number, audiences?: readonly string[]) => {
    const it = await running((issuance) => ({
      ...issuance,
      lifetimeSeconds: seconds,
      ...(audiences === undefined ? {} : { audiences }),
    }));
    const { value } = await shown(it, it.trials.slice(0, 1));
    return value.answered.flatMap(({ verified }) => verified.flatMap(({ differences }) => differences));
  };
  expect(await spans(600)).toEqual([]);
  expect(await spans(300)).toEqual([]);
  expect(await spans(601)).toMatchObject([{ expected: 600, actual: 601 }]);
  const api = 'https://api.acme.example/';
  expect(await spans(600, [api, 'https://others.acme.example/'])).toEqual([]);
  expect(await spans(600, ['https://others.acme.example/'])).toMatchObject([{ expected: [api] }]);
});

test('a difference is shown field by field', async () => {
  const it = await running((issuance) => ({
    ...issuance,
    access: { ...issuance.access, 'https://acme.example/roles': ['clerk', 'admin'] },
    scopes: issuance.scopes.filter((scope) => scope !== 'orders.read'),
  }));
  const { text, json } = await shown(it, it.trials.slice(0, 1));
  expect(text).toContain(`  ✗ a clerk  a login of ada
    access.roles
      policy  ["clerk"]
      token   ["clerk", "admin"]
    scopes
      policy  ["orders.read"]
      token   []

✗ 1 token of 1 scenario at 1 place: 1 token not as the policy decides
`);
  expect(json).toMatchObject({
    places: [{ status: 'differs', answers: [{ scenario: 'a clerk', how: 'a login of ada' }] }],
  });
});

test('a token of another revision is told', async () => {
  const it = await running((issuance) => ({
    ...issuance,
    access: Object.fromEntries(
      Object.entries(issuance.access).map(([name, value]) => [
        name,
        name.includes('policy') ? 'shop@0000000000000000' : value,
      ]),
    ),
  }));
  const { text } = await shown(it, it.trials.slice(0, 1));
  expect(text).toContain('help: the token is of another revision of the policy; see claimsmith plan');
});

test('a denial is one, whatever reason the issuer gives; a token instead of one is a difference', async () => {
  const other = await running((issuance) => ({
    ...issuance,
    ...(issuance.denied && { denied: { error: 'access_denied', description: 'in other words' } }),
  }));
  expect((await shown(other)).text).toContain('✓ blocked');
  const open = await running((issuance) => ({ ...issuance, denied: undefined }));
  expect((await shown(open)).text).toMatch(
    /✗ blocked {2}a login of bob\n {4}denied\n {6}policy {2}"account_blocked"\n {6}token {3}nothing/,
  );
});

test('claims that others also write are differences', async () => {
  const it = await running();
  const asked = it.place.ask;
  const place = placeOf(async (question) => {
    const answers = (await asked?.(question)) ?? [];
    return answers.map((answer) => ({ ...answer, collisions: [{ claim: 'roles', writers: ['theirs'] }] }));
  });
  expect((await shown({ ...it, place })).text).toContain('who writes roles');
});

test('where no token was signed, the end says what alone was asked', async () => {
  const it = await running();
  const place = placeOf(async (question) => [
    { issuance: await issuedFor(it.stage, question), collisions: [], how: 'the hook', isPartial: true },
  ]);
  expect((await shown({ ...it, place })).text.replace(/\s+/g, ' ')).toContain(
    'Only a part was asked, and no token was signed: the hook, at acme.eu.auth0.com.',
  );
});

test('asking nothing fails, and says what to do', async () => {
  const it = await running();
  const { text } = await shown(it, it.trials.slice(2, 3));
  expect(text).toBe(`auth0  acme.eu.auth0.com  no scenario for it

✗ Nothing was asked, so nothing is verified.
  Not asked: 1 scenario has no \`live:\`.
  Say how to ask in a scenario, with a user that the tenant has (docs/scenarios.md):
    live: { client: web, user: ada }
`);
  const { ask: _, ...mute } = it.place;
  expect((await shown({ ...it, place: mute })).text).toContain('Cannot be asked: acme.eu.auth0.com.');
  const silent = placeOf(async () => []);
  expect((await shown({ ...it, place: silent })).text).toContain('2 questions without a way to ask');
});

test('a question that fails does not hide the others, unless the place itself fails', async () => {
  const it = await running();
  const failing = (code: 'not_found' | 'unreachable') =>
    placeOf(async (question) => {
      if (question.user === 'ada') throw new TargetError(code, 'The tenant has no user ada.');
      return [{ issuance: await issuedFor(it.stage, question), collisions: [], how: 'a login' }];
    });
  const absent = await shown({ ...it, place: failing('not_found') });
  expect(absent.text).toContain('✗ a clerk  The tenant has no user ada.\n  ✓ blocked  a login\n');
  expect(absent.json).toMatchObject({
    places: [
      {
        status: 'failed',
        answers: [{ scenario: 'a clerk', error: { code: 'not_found' } }, { scenario: 'blocked' }],
      },
    ],
  });
  const refused = await shown({ ...it, place: failing('unreachable') });
  expect(refused.value.answered).toHaveLength(1);
});
