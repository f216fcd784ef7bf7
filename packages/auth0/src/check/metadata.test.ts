import { createPolicy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { describe, expect, test } from 'vitest';
import { auth0 } from '../index.ts';

function said(body: string): readonly string[] {
  const reading = readSpec(
    { file: 'enrichment.yaml', text: `version: 1\nname: test\n${body}\nissuers: { auth0: {} }\n` },
    { auth0: auth0.settings },
  );
  const policy = reading.spec && createPolicy(reading.spec, reading.source).policy;
  if (policy === undefined) throw new Error('no policy');
  return auth0
    .check(policy)
    .filter(({ rule }) => rule === 'TE834')
    .map(({ severity, message }) => `${severity} ${/reads (.*): at Auth0/.exec(message)?.[1]}`);
}

describe('metadata of organizations is text', () => {
  const claim = (value: string, kind = 'authoritative') =>
    said(`claims: { c: { value: '${value}', kind: ${kind}, when: has(org.id) } }`);

  test.each([
    ['org.metadata.features.filter(f, f == "a")', 'a list'],
    ['org.metadata.features[0]', 'a list or a mapping'],
    ['org.metadata.plan.name', 'a mapping'],
    ['"a" in org.metadata.features', 'a list'],
    ['org.metadata.seats > 5', 'a number'],
    ['org.metadata.beta == true', 'true or false'],
    ['org.metadata.beta ? "a" : "b"', 'true or false'],
  ])('%s', (value, what) => {
    const name = /org\.metadata\.(\w+)/.exec(value)?.[1] ?? '';
    expect(claim(value)).toEqual([`error \`org.metadata.${name}\` as ${what}`]);
    expect(claim(value, 'descriptive')).toEqual([`warning \`org.metadata.${name}\` as ${what}`]);
  });

  test.each([
    'org.metadata.tier',
    'org.metadata.tier == "a"',
    'org.metadata.tier.split(",")',
    'has(org.metadata.tier)',
  ])('%s', (value) => {
    expect(claim(value)).toEqual([]);
  });

  test('whatever type is declared', () => {
    const body = (type: string) =>
      `org: { metadata: { x: ${type} } }\nclaims: { c: { value: org.metadata.x, kind: descriptive, when: has(org.id) } }`;
    expect(said(body('string'))).toEqual([]);
    expect(said(body('int'))).toEqual(['warning `org.metadata.x` as a value of type int']);
    expect(said(body('list(string)'))).toEqual(['warning `org.metadata.x` as a value of type list(string)']);
  });
});

test('metadata of clients is text too', () => {
  const body = (type: string, kind = 'descriptive') =>
    `client: { metadata: { x: ${type} } }\nclaims: { c: { value: client.metadata.x, kind: ${kind} } }`;
  expect(said(body('string'))).toEqual([]);
  expect(said(body('int'))).toEqual(['warning `client.metadata.x` as a value of type int']);
  expect(said(body('{ a: string }', 'authoritative').replace('metadata.x,', 'metadata.x.a,'))).toEqual([
    'error `client.metadata.x` as a mapping',
  ]);
});

test('a scenario gives Auth0 the texts alone, and times of a calendar', async () => {
  const reading = readSpec(
    {
      file: 'enrichment.yaml',
      text: 'version: 1\nname: test\nclaims: { c: { value: org.metadata.x, kind: descriptive, when: has(org.id) } }\nissuers: { auth0: {} }\n',
    },
    { auth0: auth0.settings },
  );
  const policy = reading.spec && createPolicy(reading.spec, reading.source).policy;
  if (policy === undefined) throw new Error('no policy');
  const context = {
    org: { id: 'o', metadata: { x: ['a'], y: 'b', z: 5 } },
    client: { metadata: { a: 'b', c: 1 } },
    session: { auth_time: 1e11, id: 's1' },
  };
  expect(auth0.simulator.holds(context, policy)).toEqual({
    session: { id: 's1' },
    org: { id: 'o', metadata: { y: 'b' } },
    client: { metadata: { a: 'b' } },
  });
});
