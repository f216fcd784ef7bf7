import { noTokens } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { attributes } from '../../test/findings.ts';
import { policyOf } from '../../test/fixtures.ts';
import { departs } from './departs.ts';

describe('where mapper and policy may part', () => {
  it('an empty list is left out, as declared', () => {
    const policy = policyOf(`version: 1\nname: checked\n${attributes}\nclaims:
  groups: { value: user.groups, kind: descriptive }
  fixed: { const: [], kind: descriptive }`);
    const verdict = { ...noTokens, denied: undefined, access: { groups: [], fixed: [] } };
    expect(
      departs(policy, verdict, { trigger: 'user', client: 'web', scopes: [], context: {} })?.instead.access,
    ).toEqual({
      fixed: [],
    });
    const some = { ...verdict, access: { groups: ['a'], fixed: [] } };
    expect(
      departs(policy, some, { trigger: 'user', client: 'web', scopes: [], context: {} }),
    ).toBeUndefined();
  });
});

describe('without a script, a role that all must have', () => {
  const claims = `claims:
  c: { const: 1, kind: descriptive }
deny:
  - { when: '!("staff" in user.roles)', reason: outsiders }`;

  it('is a declared departure', () => {
    const policy = policyOf(`version: 1\nname: checked\n${claims}
scopes: { read: { grant: "true" } }
issuers: { keycloak: { audience: "urn:api" } }`);
    const denied = { ...noTokens, denied: 'outsiders' };
    expect(
      departs(policy, denied, { trigger: 'user', client: 'web', scopes: ['openid', 'read'], context: {} })
        ?.instead,
    ).toEqual({ ...noTokens, denied: undefined, scopes: ['openid'] });
    const failed = { ...denied, denied: 'enrichment_unavailable' };
    expect(
      departs(policy, failed, { trigger: 'user', client: 'web', scopes: [], context: {} }),
    ).toBeUndefined();
  });
});

describe('a required value that nothing denies for', () => {
  const policy = (more: string, rest = '') =>
    policyOf(`version: 1\nname: checked\n${attributes}
claims:
  c: { value: user.attributes.tier, kind: authoritative }
  fixed: { const: 1, kind: descriptive }
  shown: { const: x, kind: descriptive, tokens: [id] }
${more}
${rest}
issuers: { keycloak: { audience: "urn:api", missing: guard } }`);
  const denied = { ...noTokens, denied: 'enrichment_unavailable' };
  const asked = { trigger: 'user', client: 'web', scopes: ['openid'], context: {} };

  it('is left out: a declared departure where nothing else is in doubt', () => {
    const plain = policy('', 'scopes: { read: { grant: "true", add: true } }');
    expect(departs(plain, denied, asked)?.instead).toEqual({
      denied: undefined,
      access: { fixed: 1, policy: plain.marker?.value },
      id: { shown: 'x' },
      scopes: ['openid', 'read'],
      audiences: ['urn:api'],
      lifetimeSeconds: undefined,
    });
    expect(departs(plain, { ...denied, denied: 'other' }, asked)).toBeUndefined();
  });

  it('is not told of where it is in doubt', () => {
    for (const more of [
      '  d: { value: user.attributes.limit, kind: authoritative }',
      '  d: { value: user.email, kind: descriptive }',
      '  d: { const: 2, kind: descriptive, when: \'"a" in user.roles\' }',
    ])
      expect(departs(policy(more), denied, asked)).toBeUndefined();
    const scopes = 'scopes: { read: { grant: \'"a" in user.roles\' } }';
    expect(departs(policy('', scopes), denied, asked)).toBeUndefined();
  });
});

describe('a scope that names an object', () => {
  it('is refused by Keycloak itself: a declared departure', () => {
    const policy = policyOf(`version: 1\nname: checked\nclaims: { c: { const: 1, kind: descriptive } }
scopes: { "read.{what}": { grant: what in user.groups } }
issuers: { keycloak: { audience: "urn:api", scripts: true } }`);
    const verdict = { ...noTokens, denied: undefined, scopes: ['openid'] };
    const asked = (scope: string) =>
      departs(policy, verdict, { trigger: 'user', client: 'web', scopes: ['openid', scope], context: {} });
    expect(asked('read.a')?.instead.denied).toBe('invalid_scope');
    expect(asked('reading')).toBeUndefined();
  });
});
