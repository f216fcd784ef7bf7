import type { AuditRecord } from '@claimsmith/runtime';
import { describe, expect, it } from 'vitest';
import { deciding, decision, hookOf, requestOf, secret, unavailable } from '../../test/hook-fixtures.ts';
import { changed, codeFlow } from '../../test/payloads.ts';

const all = { observe: true } as const;
const denying = deciding({ denied: 'account_suspended' });
const issuing = deciding({ access: { tenant: 'acme' }, id: { name: 'Ada' } });
const fed = changed(codeFlow, ['data', 'access', 'claims', 'cs_email_1f3a70'], 'ada@acme.example');
const client: string = JSON.parse(JSON.stringify(codeFlow)).data.context.protocol.client.id;

async function answer(hook: ReturnType<typeof hookOf>, body: unknown, header = secret): Promise<unknown> {
  return JSON.parse(await (await hook.fetch(requestOf(body, { authorization: header }))).text());
}

describe('a policy that only observes', () => {
  it.each([
    ['issues', issuing],
    ['denies', denying],
    ['refuses a scope', deciding({ scopes: { add: [], remove: ['openid'] } })],
    ['adds a scope', deciding({ scopes: { add: ['x'], remove: [] } })],
    ['sets a lifetime', deciding({ lifetimeSeconds: 300 })],
    [
      'throws',
      {
        ...denying,
        decide: () => {
          throw new Error('a-secret');
        },
      },
    ],
    [
      'throws on the context',
      {
        ...denying,
        context: () => {
          throw new Error('a-secret');
        },
      },
    ],
    ['answers nonsense', { ...denying, decide: () => Object(7) }],
  ])('that %s changes nothing, and takes its own feeders out', async (_, program) => {
    const hook = hookOf(program, all);
    expect(await answer(hook, codeFlow)).toEqual({});
    expect(await answer(hookOf(program, all), fed)).toEqual({
      commands: [
        { type: 'com.okta.access.patch', value: [{ op: 'remove', path: '/claims/cs_email_1f3a70' }] },
      ],
    });
  });

  it.each([
    ['garbage', '{', secret],
    ['another event', '{"eventType":"x"}', secret],
    ['an old event', changed(codeFlow, ['eventTime'], '2001-01-01T00:00:00.000Z'), secret],
    ['somebody else', codeFlow, 'not-the-secret-of-Okta'],
    ['too many bytes', 'x'.repeat(300_000), secret],
  ])('answers %s without a denial', async (_, body, header) => {
    expect(await answer(hookOf(denying, all), body, header)).toEqual({});
    expect(await answer(hookOf(denying), body, header)).toEqual(unavailable);
  });

  it('does not deny where it is too late, or where the audit fails', async () => {
    const slow = { ...denying, needs: () => [{ source: 'crm', url: 'https://crm.example/' }] };
    const never = { ask: () => new Promise<never>(() => undefined) };
    const sources = {
      crm: {
        kind: 'http' as const,
        headers: {},
        private: false,
        timeoutMs: 9,
        retries: 0,
        cacheMs: 0,
        staleMs: 0,
        limitBytes: 9,
      },
    };
    const late = hookOf(slow, { ...all, sources, deadlineMs: 50 }, { asking: never });
    expect(await answer(late, codeFlow)).toEqual({});
    const record = () => Promise.reject(new Error('disk full'));
    expect(await answer(hookOf(issuing, all, { record }), codeFlow)).toEqual({});
    const thrown = () => {
      throw new Error('disk full');
    };
    expect(await answer(hookOf(issuing, all, { record: thrown }), codeFlow)).toEqual({});
  });

  it('records and tells what it would have decided: names and codes, never a value', async () => {
    const records: AuditRecord[] = [];
    const told: string[] = [];
    const decided: unknown[] = [];
    const options = {
      record: (one: AuditRecord) => void records.push(one),
      onObserved: (what: string) => void told.push(what),
      onDecided: (...what: unknown[]) => void decided.push(what),
    };
    await answer(hookOf(denying, all, options), codeFlow);
    await answer(hookOf(issuing, all, options), codeFlow);
    expect(records.map(({ decision: what, observed, reason }) => [what, observed, reason])).toEqual([
      ['denied', true, 'account_suspended'],
      ['issued', true, undefined],
    ]);
    expect(told).toEqual(['would deny account_suspended', 'would issue; access: tenant; id: name']);
    expect(decided).toEqual([]);
    expect(JSON.stringify([records, told])).not.toContain('acme"');
  });

  it.each([
    [{ clients: [client] }, true],
    [{ clients: ['another'] }, false],
    [{ except: ['another'] }, true],
    [{ except: [client] }, false],
  ])('with observe: %j', async (observe, isObserved) => {
    const hook = hookOf(denying, { observe });
    expect(await answer(hook, codeFlow)).toEqual(
      isObserved ? {} : { error: { errorSummary: 'account_suspended' } },
    );
  });

  it('is in force for a client that is not known', async () => {
    for (const observe of [{ clients: [client] }, { except: ['another'] }]) {
      const nobody = changed(codeFlow, ['data', 'context', 'protocol', 'client'], { id: [client] });
      expect(await answer(hookOf(deciding(decision({ denied: 'no' })), { observe }), nobody)).not.toEqual({});
      expect(await answer(hookOf(denying, { observe }), '{')).toEqual(unavailable);
    }
  });
});
