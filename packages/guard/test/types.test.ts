import { createGuard, readContract, type Token, type UnknownApi } from '@claimsmith/guard';
import { expectTypeOf, test } from 'vitest';
import type { Apis as Transfers } from '../../../examples/daily-limit/service/contract.ts';
import type { Apis } from '../../../examples/payments/service/contract.ts';
import { audience, contract, contractData } from './setup.ts';

type Payments = Apis[typeof audience];
declare const token: Token<Payments>;
declare const transfer: Token<Transfers['https://transfers.acme.example/']>;

/* Each mistake below must not compile: without the error, `@ts-expect-error` is one. None of this runs. */
const neverRun = () => {
  const guard = createGuard({ contract, audience, issuers: {} });

  test('roles of a person are a list of texts', () => {
    if (token.kind === 'human') expectTypeOf(token.authority.roles).toEqualTypeOf<readonly string[]>();
    if (token.kind === 'human') expectTypeOf(token.authority.tenant_id).toEqualTypeOf<string>();
  });

  test('a claim that depends on a condition may be missing', () => {
    if (token.kind === 'human')
      expectTypeOf(token.authority.approval_limit).toEqualTypeOf<number | undefined>();
    expectTypeOf(token.authority.roles).toEqualTypeOf<readonly string[] | undefined>();
  });

  test('what only people have is not in tokens of machines', () => {
    if (token.kind === 'machine') expectTypeOf(token.authority.roles).toEqualTypeOf<undefined>();
  });

  test('a typing error in a name', () => {
    // @ts-expect-error `rols` is not a claim
    if (token.kind === 'human') token.authority.rols;
  });

  test('a descriptive claim among the authority', () => {
    // @ts-expect-error services must not grant access on `plan`
    if (token.kind === 'human') token.authority.plan;
  });

  test('a change of a token that requests share', () => {
    // @ts-expect-error the list is read-only
    if (token.kind === 'human') token.authority.roles.push('admin');
    // @ts-expect-error so is the claim
    if (token.kind === 'human') token.authority.tenant_id = 'other';
  });

  test('a scope that the policy does not know', () => {
    guard.checkToken('', { scopes: ['payments.approve', 'account.read.42'] });
    // @ts-expect-error a typing error in the name of a scope
    guard.checkToken('', { scopes: ['payment.approve'] });
    guard.checkToken('', { otherScopes: ['openid'] });
  });

  test('an API that the contract does not have', () => {
    // @ts-expect-error the audience is another one
    createGuard({ contract, audience: 'https://payment.acme.example/', issuers: {} });
  });

  test('an audience that is known only when the service runs may be that of any API', () => {
    interface Two {
      readonly '*': Payments;
      readonly 'https://other.acme.example/': UnknownApi;
    }
    const contract = readContract<Two>(contractData, '');
    const open = createGuard({ contract, audience: String(audience), issuers: {} });
    open.checkToken('').then((result) => {
      if (result.ok && result.token.kind === 'human')
        expectTypeOf(result.token.authority['tenant_id']).toEqualTypeOf<unknown>();
    });
  });

  test('a field of an authorization detail', () => {
    const [detail] = token.authorizationDetails;
    expectTypeOf(detail?.amount).toEqualTypeOf<number | undefined>();
    // @ts-expect-error the policy does not declare it
    detail?.creditor;
  });

  test('what is looked up has its type, in tokens of its subjects', () => {
    if (transfer.kind === 'human')
      expectTypeOf(transfer.resolve('daily_limit_left')).toEqualTypeOf<Promise<number>>();
    if (transfer.kind === 'machine')
      expectTypeOf(transfer.resolve('daily_limit_left')).toEqualTypeOf<Promise<undefined>>();
    if (transfer.kind === 'human')
      expectTypeOf(transfer.fresh('roles')).toEqualTypeOf<Promise<readonly string[]>>();
  });

  test('a claim that cannot be looked up', () => {
    // @ts-expect-error a typing error in the name
    if (transfer.kind === 'human') transfer.resolve('daily_limit_lef');
    // @ts-expect-error it is in the token
    if (transfer.kind === 'human') transfer.resolve('daily_limit');
    // @ts-expect-error it is in no token
    if (transfer.kind === 'human') transfer.fresh('daily_limit_left');
    // @ts-expect-error the login alone says it
    if (token.kind === 'human') token.fresh('approval_limit');
    // @ts-expect-error nothing is looked up
    if (token.kind === 'human') token.resolve('plan');
  });

  test('without generated types, claims are unknown', () => {
    const untyped = createGuard({ contract: readContract(contractData), audience: 'any', issuers: {} });
    untyped.checkToken('').then((result) => {
      if (result.ok) expectTypeOf(result.token.authority['roles']).toEqualTypeOf<unknown>();
    });
  });
};

test('the types above are checked when the workspace is compiled', () => {
  expectTypeOf(neverRun).toBeFunction();
});
