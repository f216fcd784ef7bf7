import type { Change, Json, WantedResource } from '@claimsmith/core';
import { planOf } from '@claimsmith/deploy';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { compile } from '../compile/compile.ts';
import { builtOf } from './built.ts';
import { orderOf } from './order.ts';
import { wantedOf } from './wanted.ts';

const spec = (claims: string, clients = '[web]') =>
  policyOf(`version: 1
name: shop
claims:
  base: { const: 1, kind: descriptive }
${claims}
issuers: { keycloak: { audience: "urn:shop", clients: ${clients} } }`);

async function wanted(claims: string, clients?: string): Promise<readonly WantedResource[]> {
  const built = builtOf(await compile(spec(claims, clients)));
  if (built === undefined) throw new Error('not built');
  return wantedOf(built, { profile: undefined }, built.manifest.clients);
}

/** The order of the changes between two builds. */
async function steps(from: string | undefined, to: string | undefined, clients: readonly string[] = []) {
  return between(
    from === undefined ? [] : await wanted(from, clients[0]),
    to === undefined ? [] : await wanted(to, clients[1]),
  );
}

const nobody = 'claimsmith.shop.nobody';

function between(before: readonly WantedResource[], after: readonly WantedResource[]): readonly string[] {
  const resources = before.map((resource) => ({ ...resource, owner: 'ours' as const }));
  const existing = new Set(
    before.flatMap(({ key }) => (key.startsWith('client scope ') ? [key.slice('client scope '.length)] : [])),
  );
  const order = (change: Change, all: readonly Change[]) =>
    orderOf(change, all, { existing, nobody, hasScript: false });
  const plan = planOf(resources, { resources: after, notices: [] }, { order });
  return plan.steps.map(({ change, phase }) => {
    expect(phase).toBe(0);
    return `${change.kind} ${change.key}`;
  });
}

/** A client scope with a value, permitted to roles. */
function scoped(value: number, roles: readonly string[]): readonly WantedResource[] {
  const config = { 'claim.name': 'limit', 'claim.value': String(value) };
  return [
    { key: 'client scope shop.buy', image: {} },
    { key: 'mapper shop.buy: limit', image: { provider: 'oidc-hardcoded-claim-mapper', config } },
    ...roles.map((role) => ({ key: `permission shop.buy: ${role}`, image: { role } })),
  ];
}

const staff = `  flag: { const: true, kind: descriptive, when: '"staff" in user.roles' }`;
const boss = `  flag: { const: true, kind: descriptive, when: '"boss" in user.roles' }`;
describe('the order of writes', () => {
  it('gives what carries the audience last, and takes it first', async () => {
    expect(await steps(undefined, staff)).toEqual([
      'create role claimsmith.shop.nobody',
      'create client scope claimsmith.shop',
      'create client scope claimsmith.shop.role.staff',
      'create attachment web: claimsmith.shop.role.staff',
      'create attachment web: claimsmith.shop',
    ]);
    expect(await steps(staff, undefined)).toEqual([
      'delete attachment web: claimsmith.shop',
      'delete attachment web: claimsmith.shop.role.staff',
      'delete client scope claimsmith.shop',
      'delete client scope claimsmith.shop.role.staff',
      'delete role claimsmith.shop.nobody',
    ]);
  });

  it('gives a claim to other roles before it takes it, and says so by the marker last', async () => {
    expect(await steps(staff, boss)).toEqual([
      'create client scope claimsmith.shop.role.boss',
      'create attachment web: claimsmith.shop.role.boss',
      'delete attachment web: claimsmith.shop.role.staff',
      'update mapper claimsmith.shop: policy marker',
      'update client scope claimsmith.shop',
      'delete client scope claimsmith.shop.role.staff',
    ]);
  });

  it('takes a list from old roles before new roles get it: two writers give both lists', async () => {
    const list = (role: string) =>
      `  tags: { value: user.attributes.tags, kind: descriptive, when: '"${role}" in user.roles' }`;
    const builds = await Promise.all(
      ['staff', 'boss'].map(async (role) => {
        const policy = policyOf(
          `version: 1\nname: shop\nuser: { attributes: { tags: list(string) } }\nclaims:\n${list(role)}\nissuers: { keycloak: { audience: "urn:shop", clients: [web] } }`,
        );
        const built = builtOf(await compile(policy));
        return built === undefined ? [] : wantedOf(built, { profile: undefined }, ['web']);
      }),
    );
    const [before = [], after = []] = builds;
    const keys = between(before, after);
    expect(keys.indexOf('delete attachment web: claimsmith.shop.role.staff')).toBeLessThan(
      keys.indexOf('create attachment web: claimsmith.shop.role.boss'),
    );
  });

  it('takes a scope from old roles, changes its value, and then gives it to new roles', () => {
    expect(between(scoped(1, ['staff', nobody]), scoped(2, ['boss', nobody]))).toEqual([
      'delete permission shop.buy: staff',
      'update mapper shop.buy: limit',
      'create permission shop.buy: boss',
    ]);
  });

  it('has no pause for users with both roles when the value stays', () => {
    expect(between(scoped(1, ['staff', nobody]), scoped(1, ['boss', nobody]))).toEqual([
      'create permission shop.buy: boss',
      'delete permission shop.buy: staff',
    ]);
  });

  it('closes an open scope before its value changes, and opens one after', () => {
    expect(between(scoped(1, []), scoped(2, ['boss', nobody]))).toEqual([
      `create permission shop.buy: ${nobody}`,
      'update mapper shop.buy: limit',
      'create permission shop.buy: boss',
    ]);
    expect(between(scoped(2, ['boss', nobody]), scoped(1, []))).toEqual([
      'delete permission shop.buy: boss',
      'update mapper shop.buy: limit',
      `delete permission shop.buy: ${nobody}`,
    ]);
  });

  it('takes everything from a client that is left out before values change, and gives to a new one after', async () => {
    const changes = await steps(
      '  level: { const: 1, kind: descriptive }',
      '  level: { const: 2, kind: descriptive }',
      ['[web]', '[app]'],
    );
    expect(changes).toEqual([
      'delete attachment web: claimsmith.shop',
      'update mapper claimsmith.shop: level',
      'create attachment app: claimsmith.shop',
      'update mapper claimsmith.shop: policy marker',
      'update client scope claimsmith.shop',
    ]);
  });
});

describe('with a policy script', () => {
  const script: WantedResource = {
    key: 'mapper claimsmith.shop: policy script',
    image: { provider: 'script-claimsmith-shop.js', config: {} },
  };
  const change: Change = {
    kind: 'update',
    key: 'client scope claimsmith.shop',
    before: { key: 'client scope claimsmith.shop', owner: 'ours', image: {} },
    after: { key: 'client scope claimsmith.shop', image: { a: 1 } },
    parts: [],
  };
  const phaseOf = (hasScript: boolean, ...others: readonly Change[]) =>
    orderOf(change, [change, ...others], { existing: new Set(), nobody, hasScript }).phase;

  it('changes wait for its JAR if it stays or comes, and not if it goes', () => {
    const coming: Change = { kind: 'create', key: script.key, before: undefined, after: script, parts: [] };
    const leaving: Change = {
      kind: 'delete',
      key: script.key,
      before: { ...script, owner: 'ours' },
      after: undefined,
      parts: [],
    };
    expect([phaseOf(false), phaseOf(true)]).toEqual([0, 1]);
    expect([phaseOf(false, coming), phaseOf(true, leaving)]).toEqual([1, 0]);
    expect(phaseOf(true, { ...change, kind: 'delete', parts: [leaving] })).toBe(0);
  });
});

describe('a change of an unknown resource', () => {
  it('is a defect', () => {
    const change: Change = {
      kind: 'create',
      key: 'nothing',
      before: undefined,
      after: { key: 'nothing', image: {} satisfies Json },
      parts: [],
    };
    expect(() => orderOf(change, [change], { existing: new Set(), nobody: '', hasScript: false })).toThrow(
      TypeError,
    );
  });
});
