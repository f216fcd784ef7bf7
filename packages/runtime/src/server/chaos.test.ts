import fc from 'fast-check';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { type FaultMode, type FaultProxy, startFaultProxy } from '../../../../tools/fault-proxy.ts';
import { serverForTests } from '../../../../tools/servers/for-tests.ts';
import { startMariaDb } from '../../../../tools/servers/mariadb.ts';
import { startPostgres } from '../../../../tools/servers/postgres.ts';
import { startRedis } from '../../../../tools/servers/redis.ts';
import { json, serve } from '../../test/fixtures.ts';
import { httpSource, limits, open, pause, sqlSource } from '../../test/server.ts';
import type { SingleNeed } from '../index.ts';

const postgres = await serverForTests(startPostgres);
const mariadb = await serverForTests(startMariaDb);
const redis = await serverForTests(startRedis);
const isThere = postgres !== undefined && mariadb !== undefined && redis !== undefined;

const deadlineMs = 400;
const seed = Number(process.env['CHAOS_SEED'] ?? 20_260_101);

const modes: readonly FaultMode[] = [
  'pass',
  'pass',
  'down',
  'hang',
  'reset',
  'truncate',
  'garbage',
  { kind: 'drip', everyMs: 5 },
  { kind: 'latency', ms: 60 },
  { kind: 'truncate', bytes: 200 },
];

it.skipIf(!isThere)(
  'every question is answered in time, whatever the networks do, and all is well after',
  async () => {
    await using server = await serve((request, response) => json(response, { url: request.url }));
    const targets = [Number(new URL(server.url).port), postgres?.port, mariadb?.port, redis?.port];
    const proxies: FaultProxy[] = [];
    for (const port of targets) proxies.push(await startFaultProxy({ target: { port: port ?? 0 } }));
    const [web, pg, maria, shared] = proxies.map(({ port }) => port);
    try {
      const query = ['select ', ' as id'];
      const sql = { ...sqlSource, query, rows: 'one', timeoutMs: 150, retries: 1 } as const;
      await using asking = open({
        sources: {
          web: { ...httpSource, timeoutMs: 150, retries: 1, cacheMs: 50, staleMs: 100 },
          pg: { ...sql, connection: '${PG}', cacheMs: 30 },
          maria: { ...sql, connection: '${MARIA}' },
        },
        settings: {
          PG: postgres?.url.replace(String(postgres.port), String(pg)),
          MARIA: mariadb?.url.replace(String(mariadb.port), String(maria)),
        },
        sharedCache: { url: `redis://127.0.0.1:${shared}`, secret: 'c'.repeat(32) },
      });
      await asking.ready();
      const needs = (id: string): SingleNeed[] => [
        { source: 'web', url: `http://127.0.0.1:${web}/${id}` },
        { source: 'pg', parameters: { id } },
        { source: 'maria', parameters: { id } },
      ];

      const step = fc.record({
        which: fc.nat(3),
        mode: fc.constantFrom(...modes),
        ids: fc.array(fc.nat(5), { maxLength: 6 }),
      });
      let count = 0;
      for (const { which, mode, ids } of fc.sample(step, { numRuns: 60, seed })) {
        await proxies[which]?.mode(mode);
        const asked = ids.flatMap((id) =>
          needs(`u${id}`).map(async (need) => {
            const start = performance.now();
            const answer = asking.recall(need) ?? (await asking.ask(need, limits(deadlineMs)));
            return { need, answer, ms: performance.now() - start, id: `u${id}` };
          }),
        );
        await pause(20);
        count += asked.length;
        for (const { need, answer, ms, id } of await Promise.all(asked)) {
          // Never another's answer, and none that is cut short.
          if ('value' in answer) expect(answer.value).toEqual('url' in need ? { url: `/${id}` } : { id });
          expect(ms, need.source).toBeLessThan(deadlineMs + 300);
        }
      }
      expect(count).toBeGreaterThan(300);

      for (const proxy of proxies) await proxy.mode('pass');
      // The longest pause of a breaker, and a question that finds out.
      const endMs = Date.now() + 10_000;
      for (const need of needs('after')) {
        while ('failure' in (await asking.ask(need, limits(2000)))) {
          expect(Date.now(), need.source).toBeLessThan(endMs);
          await pause(100);
        }
      }
      // What was given up has been closed.
      for (const proxy of proxies) expect(proxy.open).toBeLessThanOrEqual(64);
    } finally {
      for (const proxy of proxies) await proxy.close();
    }
  },
);

it.skipIf(!isThere)('nothing of it stays at the database', async () => {
  const client = new Client({ connectionString: postgres?.url });
  await client.connect();
  let others = -1;
  for (let nth = 0; nth < 50 && others !== 0; nth++) {
    const { rows } = await client.query(
      "select count(*)::int as others from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    others = rows[0].others;
    await pause(50);
  }
  await client.end();
  expect(others).toBe(0);
});
