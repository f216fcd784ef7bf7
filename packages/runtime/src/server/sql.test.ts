import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// biome-ignore lint/correctness/noUnresolvedImports: Biome's list of Node's modules is older than this one.
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultMode, startFaultProxy } from '../../../../tools/fault-proxy.ts';
import { serverForTests } from '../../../../tools/servers/for-tests.ts';
import { startMariaDb } from '../../../../tools/servers/mariadb.ts';
import { startPostgres } from '../../../../tools/servers/postgres.ts';
import { limits, open, pause, sqlSource, until } from '../../test/server.ts';
import type { Answer } from '../index.ts';
import type { SqlServerSource } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-sql-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'directory.db');

const postgres = await serverForTests(startPostgres);
const mariadb = await serverForTests(startMariaDb);

interface Database {
  readonly name: string;
  /** Undefined if there is none here. */
  readonly url: string | undefined;
  /** Runs statements as the owner. */
  readonly change: (...statements: readonly string[]) => Promise<void>;
  /** How it calls a type. */
  readonly types: { readonly text: string; readonly bigint: string };
  /** A query that takes about this long. */
  readonly slow: (seconds: number) => string;
}

const databases: readonly Database[] = [
  {
    name: 'SQLite',
    url: `sqlite:${file}`,
    async change(...statements) {
      const database = new DatabaseSync(file);
      for (const statement of statements) database.exec(statement);
      database.close();
    },
    types: { text: 'text', bigint: 'integer' },
    // About 10 million steps a second.
    slow: (seconds) =>
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${seconds * 10_000_000}) select max(i) as i from n`,
  },
  {
    name: 'PostgreSQL',
    url: postgres?.url,
    async change(...statements) {
      const client = new Client({ connectionString: postgres?.url });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    },
    types: { text: 'text', bigint: 'bigint' },
    slow: (seconds) => `select pg_sleep(${seconds})::text as slept`,
  },
  {
    name: 'MariaDB',
    url: mariadb?.url,
    async change(...statements) {
      const connection = await createConnection(mariadb?.url ?? '');
      for (const statement of statements) await connection.query(statement);
      await connection.end();
    },
    types: { text: 'varchar(200)', bigint: 'bigint' },
    slow: (seconds) => `select sleep(${seconds}) as slept`,
  },
];

beforeAll(async () => {
  for (const { url, change, types } of databases) {
    if (url === undefined) continue;
    await change(
      'drop table if exists user_role',
      `create table user_role (user_id ${types.text}, role ${types.text}, level ${types.bigint})`,
      "insert into user_role values ('u1', 'approver', 1), ('u1', 'viewer', 2), ('u2', 'viewer', 3)",
      "insert into user_role values ('o''brien', 'owner', 9007199254740993), ('null', null, null)",
    );
  }
});

describe.each(databases)('$name', ({ url, slow }) => {
  const run = it.skipIf(url === undefined);

  /** What one question comes to. */
  async function ask(
    source: Partial<SqlServerSource>,
    parameters: Readonly<Record<string, string | number | boolean>> = {},
    deadlineMs?: number,
  ): Promise<Answer> {
    await using asking = open({
      sources: { roles: { ...sqlSource, ...source } },
      settings: { DATABASE: url },
    });
    return await asking.ask({ source: 'roles', parameters }, limits(deadlineMs));
  }

  /** What a query without parameters comes to. */
  const select = (query: string, source: Partial<SqlServerSource> = {}) =>
    ask({ rows: 'one', ...source, query: [query], bound: [] });

  run('gives rows, one row, or a record without fields', async () => {
    expect(await ask({}, { id: 'u1' })).toMatchObject({
      value: { rows: [{ role: 'approver' }, { role: 'viewer' }] },
    });
    expect(await ask({}, { id: 'nobody' })).toMatchObject({ value: { rows: [] } });
    expect(await ask({ rows: 'one' }, { id: 'u2' })).toMatchObject({ value: { role: 'viewer' } });
    expect(await ask({ rows: 'one' }, { id: 'nobody' })).toMatchObject({ value: {} });
  });

  run('is ambiguous where one row is wanted and two come', async () => {
    await using asking = open({
      sources: { roles: { ...sqlSource, rows: 'one' } },
      settings: { DATABASE: url },
    });
    for (let nth = 0; nth < 3; nth++) {
      const answer = await asking.ask({ source: 'roles', parameters: { id: 'u1' } }, limits());
      expect(answer).toEqual({ failure: 'ambiguous' });
    }
  });

  run.each(["o'brien", "' or 1=1 --", "u1'; drop table user_role; --", '$1', '?', '\\', '%', 'ü', '𝒳', ''])(
    'takes a parameter as a value, whatever is in it: %j',
    async (id) => {
      const rows = id === "o'brien" ? [{ role: 'owner' }] : [];
      expect(await ask({}, { id })).toMatchObject({ value: { rows } });
    },
  );

  run('binds numbers and booleans as such', async () => {
    const query = ['select role from user_role where level = ', ''];
    expect(await ask({ query, bound: ['level'], rows: 'one' }, { level: 3 })).toMatchObject({
      value: { role: 'viewer' },
    });
    const isTrue = ['select role from user_role where user_id = ', ' and (level > 1) = ', ''];
    expect(await ask({ query: isTrue, bound: ['id', 'yes'] }, { id: 'u1', yes: true })).toMatchObject({
      value: { rows: [{ role: 'viewer' }] },
    });
  });

  run('stops reading where there are too many rows', async () => {
    const digits =
      '(select 0 as d union select 1 union select 2 union select 3 union select 4 union select 5)';
    const tables = Array.from({ length: 9 }, (_, nth) => `${digits} t${nth}`).join(', ');
    const start = performance.now();
    const many = { rows: 'many', limitBytes: 1_000_000_000, timeoutMs: 4000 } as const;
    expect(await select(`select t0.d from ${tables}`, many)).toEqual({ failure: 'too_large' });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  run('binds one parameter at several places', async () => {
    const query = ['select role from user_role where user_id = ', ' or role = ', ' order by role'];
    expect(await ask({ query, bound: ['id', 'id'] }, { id: 'owner' })).toMatchObject({
      value: { rows: [{ role: 'owner' }] },
    });
  });

  run('leaves out what is null, and keeps large integers exact', async () => {
    expect(await ask({ rows: 'one' }, { id: 'null' })).toMatchObject({ value: {} });
    const query = ['select level from user_role where user_id = ', ''];
    const one = { query, rows: 'one', bound: ['id'] } as const;
    expect(await ask(one, { id: "o'brien" })).toMatchObject({ value: { level: '9007199254740993' } });
    expect(await ask(one, { id: 'u2' })).toMatchObject({ value: { level: 3 } });
  });

  run('gives booleans where the source says that a column is one', async () => {
    const booleans = ['active'];
    expect(await select('select (1 = 1) as active, 1 as count', { booleans })).toMatchObject({
      value: { active: true, count: 1 },
    });
    expect(await select('select (1 = 2) as active, 0 as count', { booleans })).toMatchObject({
      value: { active: false, count: 0 },
    });
  });

  run('gives no more rows and bytes than allowed', async () => {
    const numbers = (count: number) =>
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}) select i from n`;
    const many = { rows: 'many', limitBytes: 1_000_000, timeoutMs: 3000 } as const;
    const most = mariadb && url === mariadb.url ? 1000 : 5000;
    expect(await select(numbers(most), many)).toMatchObject({ value: { rows: { length: most } } });
    if (most === 5000) expect(await select(numbers(5001), many)).toEqual({ failure: 'too_large' });
    expect(await select(numbers(900), { ...many, limitBytes: 5000 })).toEqual({ failure: 'too_large' });
    expect(await select(`select '${'x'.repeat(500)}' as x`, { limitBytes: 500 })).toEqual({
      failure: 'too_large',
    });
  });

  run('refuses two columns of one name, and what is not JSON', async () => {
    expect(await select('select 1 as a, 2 as a')).toEqual({ failure: 'malformed' });
  });

  run('is read alone', async () => {
    expect(await select("insert into user_role values ('u3', 'admin', 1)")).not.toHaveProperty('value');
    expect(await select('delete from user_role')).not.toHaveProperty('value');
    const two = await select("select 1 as a; insert into user_role values ('u3', 'admin', 1)");
    expect(await ask({}, { id: 'u3' })).toMatchObject({ value: { rows: [] } });
    expect(await ask({}, { id: 'u1' })).toMatchObject({ value: { rows: { length: 2 } } });
    // SQLite runs the first statement of a text alone.
    if (url === `sqlite:${file}`) return;
    expect(two).toEqual({ failure: 'status' });
    expect(await select('select 1 as a; select 2 as a')).toEqual({ failure: 'status' });
  });

  run('fails with status on a query it refuses', async () => {
    expect(await select('select role from no_such_table')).toEqual({ failure: 'status' });
    expect(await select('this is not a query')).toEqual({ failure: 'status' });
  });

  run('tells, getting ready, whether the query can be run', async () => {
    await using asking = open({ sources: { roles: sqlSource }, settings: { DATABASE: url } });
    await asking.ready();
    const broken = { ...sqlSource, query: ['select role from no_such_table where a = ', ''] };
    await using bad = open({ sources: { roles: broken }, settings: { DATABASE: url } });
    await expect(bad.ready()).rejects.toMatchObject({ code: 'connection', source: 'roles' });
  });

  run('gives up on a slow query at its timeout, and answers the next one', async () => {
    const sources = {
      slow: { ...sqlSource, query: [slow(3)], bound: [], timeoutMs: 300 },
      roles: sqlSource,
    };
    await using asking = open({ sources, settings: { DATABASE: url } });
    const start = performance.now();
    const slowed = await asking.ask({ source: 'slow', parameters: {} }, limits());
    expect(slowed).toEqual({ failure: 'timeout' });
    expect(performance.now() - start).toBeLessThan(2000);
    const answer = await asking.ask({ source: 'roles', parameters: { id: 'u2' } }, limits());
    expect(answer).toMatchObject({ value: { rows: [{ role: 'viewer' }] } });
  });

  run('answers others of the same source while and after one is given up', async () => {
    // Slow for one user alone.
    const query = [
      `select case when role = 'viewer' then (${slow(4)}) else role end as r from user_role where user_id = `,
      '',
    ];
    // Long enough for the others' connections on a busy machine.
    const source = { ...sqlSource, query, timeoutMs: 1_500 };
    await using asking = open({ sources: { roles: source }, settings: { DATABASE: url } });
    const given = asking.ask({ source: 'roles', parameters: { id: 'u2' } }, limits());
    await pause(20);
    const others = await Promise.all(
      Array.from({ length: 5 }, (_, nth) =>
        asking.ask({ source: 'roles', parameters: { id: nth % 2 ? "o'brien" : `nobody${nth}` } }, limits()),
      ),
    );
    expect(await given).toEqual({ failure: 'timeout' });
    const last = await asking.ask({ source: 'roles', parameters: { id: "o'brien" } }, limits());
    expect(last).toMatchObject({ value: { rows: [{ r: 'owner' }] } });
    expect(others.every((answer) => 'value' in answer)).toBe(true);
  });

  run('answers many at once', async () => {
    await using asking = open({ sources: { roles: sqlSource }, settings: { DATABASE: url } });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, nth) =>
        asking.ask({ source: 'roles', parameters: { id: `u${nth}` } }, limits()),
      ),
    );
    expect(answers.filter((answer) => 'value' in answer)).toHaveLength(200);
    expect(answers[2]).toMatchObject({ value: { rows: [{ role: 'viewer' }] } });
  });
});

describe('a database is only asked:', () => {
  const failed = { failure: 'status' };

  describe.each(['SQLite', 'SQLite in memory'])('%s', (kind) => {
    const url = kind === 'SQLite' ? `sqlite:${file}` : 'sqlite::memory:';
    const written = join(folder, 'written.db');

    it.each([
      `vacuum into '${written}'`,
      `attach '${written}' as w`,
      'pragma query_only = off',
      '/* a */ -- b\n pragma query_only = off',
      'pragma journal_mode = wal',
      'create table t (a)',
      "with x as (select 'u9' as id) insert into user_role select id, id, 1 from x returning role",
      "select load_extension('x')",
      `select 1 as one; vacuum into '${written}'`,
      '',
      '-- nothing',
    ])('%s', async (query) => {
      await using asking = open({
        sources: { one: { ...sqlSource, rows: 'one', query: [query], bound: [] } },
        settings: { DATABASE: url },
      });
      expect(await asking.ask({ source: 'one', parameters: {} }, limits())).toEqual(failed);
      expect(existsSync(written)).toBe(false);
    });
  });

  it.skipIf(postgres === undefined)(
    'PostgreSQL, also after a function that changes the session',
    async () => {
      const client = new Client({ connectionString: postgres?.url });
      await client.connect();
      await client.query(`create or replace function loosen() returns text language sql as
      $$ select set_config('default_transaction_read_only', 'off', false) $$`);
      await client.query(`create or replace function write_role(id text) returns text language sql as
      $$ insert into user_role values (id, 'written', 1) returning role $$`);
      const query = ["select case when :id <> '' then write_role(:id) else loosen() end as role"];
      const [text = ''] = query;
      await using asking = open({
        sources: { one: { ...sqlSource, rows: 'one', query: text.split(':id'), bound: ['id', 'id'] } },
        settings: { DATABASE: postgres?.url },
      });
      const ask = (id: string) => asking.ask({ source: 'one', parameters: { id } }, limits());
      for (const id of ['', 'w1', '', 'w2']) {
        const answer = await ask(id);
        expect(answer).toMatchObject(id === '' ? { value: { role: 'off' } } : failed);
      }
      const { rows } = await client.query("select * from user_role where role = 'written'");
      expect(rows).toEqual([]);
      await client.end();
    },
  );

  it.skipIf(mariadb === undefined)('MariaDB', async () => {
    await using asking = open({
      sources: {
        one: {
          ...sqlSource,
          rows: 'one',
          query: ["insert into user_role values ('w', 'written', 1)"],
          bound: [],
        },
      },
      settings: { DATABASE: mariadb?.url },
    });
    expect(await asking.ask({ source: 'one', parameters: {} }, limits())).toEqual(failed);
  });
});

describe('the columns of', () => {
  async function row(url: string | undefined, query: string): Promise<unknown> {
    await using asking = open({
      sources: { one: { ...sqlSource, rows: 'one', query: [query], bound: [] } },
      settings: { DATABASE: url },
    });
    const answer = await asking.ask({ source: 'one', parameters: {} }, limits());
    return 'value' in answer ? answer.value : answer.failure;
  }

  it('SQLite', async () => {
    const url = `sqlite:${file}`;
    expect(await row(url, "select 1 as i, 1.5 as r, 'a' as t, null as n")).toEqual({ i: 1, r: 1.5, t: 'a' });
    expect(await row(url, "select x'00' as b")).toBe('malformed');
    expect(await row(url, 'select 1e999 as r')).toBe('malformed');
    expect(await row('sqlite::memory:', 'select 7 as i')).toEqual({ i: 7 });
    const kinds = {
      ...sqlSource,
      rows: 'one',
      query: ['select typeof(', ') as kind'],
      bound: ['id'],
    } as const;
    await using asking = open({ sources: { kinds }, settings: { DATABASE: url } });
    for (const [id, kind] of [
      [5, 'integer'],
      [2 ** 53 - 1, 'integer'],
      [1.5, 'real'],
      [true, 'integer'],
      ['5', 'text'],
    ] as const) {
      const answer = await asking.ask({ source: 'kinds', parameters: { id } }, limits());
      expect(answer).toMatchObject({ value: { kind } });
    }
    expect(await row('sqlite:/no/such/file.db', 'select 7 as i')).toBe('status');
    expect(await row(url, "select 1 as __proto__, 'a' as constructor")).toEqual(
      JSON.parse('{"__proto__":1,"constructor":"a"}'),
    );
  });

  it.skipIf(postgres === undefined)('PostgreSQL', async () => {
    const all = [
      '1::int2 as a, 2::int4 as b, 3::int8 as c, 1.5::float8 as d, 0.1::float4 as e, 12.50::numeric as f',
      "true as g, 'x'::varchar as h, 'ab'::char(3) as i, date '2026-01-31' as j",
      "timestamptz '2026-01-31 10:00:00.25+02' as k, timestamp '2026-01-31 10:00:00' as l",
      "'{\"a\":[1]}'::jsonb as m, '[1]'::json as n, '0e3c8f4e-9d2c-4b7e-8a55-6d1f2b3c4d5e'::uuid as o",
      `array['a','b "c"','d,e',null,'NULL','{}'] as p, array[[1,2],[3,4]] as q, '{}'::text[] as r`,
      "array[true,false] as s, '[2:3]={7,8}'::int[] as t, '10.0.0.1'::inet as u, array[9007199254740993,1]::int8[] as v",
    ];
    expect(await row(postgres?.url, `select ${all.join(', ')}`)).toEqual({
      ...{ a: 1, b: 2, c: 3, d: 1.5, e: 0.1, f: '12.50', g: true, h: 'x', i: 'ab ', j: '2026-01-31' },
      ...{ k: '2026-01-31T08:00:00.25Z', l: '2026-01-31T10:00:00', m: { a: [1] }, n: [1] },
      o: '0e3c8f4e-9d2c-4b7e-8a55-6d1f2b3c4d5e',
      p: ['a', 'b "c"', 'd,e', null, 'NULL', '{}'],
      ...{
        q: [
          [1, 2],
          [3, 4],
        ],
        r: [],
        s: [true, false],
        t: [7, 8],
        u: '10.0.0.1',
      },
      v: ['9007199254740993', 1],
    });
    for (const none of ["'\\x00'::bytea", "'NaN'::float8", "'-Infinity'::float4", "array['NaN'::float8]"]) {
      expect(await row(postgres?.url, `select ${none} as x`), none).toBe('malformed');
    }
    expect(await row(postgres?.url, "select timestamptz 'infinity' as x")).toEqual({ x: 'infinity' });
  });

  it.skipIf(postgres === undefined)('PostgreSQL, in arrays of any text', async () => {
    const query = ['select array(select jsonb_array_elements_text(', '::jsonb)) as texts'];
    const texts = { ...sqlSource, rows: 'one', query, bound: ['json'] } as const;
    await using asking = open({ sources: { texts }, settings: { DATABASE: postgres?.url } });
    const special = fc.constantFrom('"', '\\', '{', '}', ',', 'NULL', 'null', ' ', '\n', 'a', '', 'é', '𝒳');
    const text = fc.array(special, { maxLength: 5 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (list) => {
        const parameters = { json: JSON.stringify(list) };
        const answer = await asking.ask({ source: 'texts', parameters }, limits());
        expect(answer).toMatchObject({ value: { texts: list } });
      }),
      { numRuns: 200 },
    );
  });

  it.skipIf(mariadb === undefined)('MariaDB', async () => {
    const all = [
      "cast(1 as signed) as a, cast(2 as unsigned) as b, 1.50 as c, cast(1.5 as double) as d, 'x' as e",
      "date '2026-01-31' as f, timestamp '2026-01-31 10:00:00' as g, json_object('a', 1) as h",
      'cast(18446744073709551615 as unsigned) as i, cast(-9007199254740993 as signed) as j',
    ];
    expect(await row(mariadb?.url, `select ${all.join(', ')}`)).toMatchObject({
      ...{ a: 1, b: 2, c: '1.50', d: 1.5, e: 'x', f: '2026-01-31', g: '2026-01-31T10:00:00' },
      ...{ i: '18446744073709551615', j: '-9007199254740993' },
    });
    expect(await row(mariadb?.url, "select cast('a' as binary) as x")).toBe('malformed');
  });

  it.skipIf(mariadb === undefined)('MariaDB, of a table', async () => {
    const connection = await createConnection(mariadb?.url ?? '');
    await connection.query("set time_zone = '+02:00'");
    await connection.query(
      'create table kinds (at timestamp(3), flag boolean, data json, raw blob, kind enum("a", "b"))',
    );
    await connection.query(
      `insert into kinds values ('2026-01-31 10:00:00.250', true, '{"a": [1]}', null, 'b')`,
    );
    await connection.end();
    expect(await row(mariadb?.url, 'select * from kinds')).toEqual({
      ...{ at: '2026-01-31T08:00:00.250Z', flag: 1, data: { a: [1] }, kind: 'b' },
    });
  });
});

/** An answer that comes at the third time at the latest: a machine under load connects slowly. */
async function soon(ask: () => Promise<Answer>): Promise<Answer> {
  let answer = await ask();
  for (let nth = 0; nth < 2 && 'failure' in answer; nth++) answer = await ask();
  return answer;
}

describe('a connection to', () => {
  const servers: readonly (readonly [string, string | undefined, number | undefined])[] = [
    ['PostgreSQL', postgres?.url, postgres?.port],
    ['MariaDB', mariadb?.url, mariadb?.port],
  ];
  const faults: readonly (readonly [FaultMode, string])[] = [
    ['down', 'network'],
    ['hang', 'timeout'],
    ['reset', 'network'],
    ['truncate', 'network'],
    ['garbage', 'network'],
    [{ kind: 'drip', everyMs: 20 }, 'timeout'],
    [{ kind: 'latency', ms: 900 }, 'timeout'],
  ];
  const cases = servers.flatMap(([name, url, port]) => faults.map(([mode]) => ({ name, url, port, mode })));

  it.each(cases.filter(({ url }) => url !== undefined))(
    '$name in trouble ($mode) fails in time, and comes back',
    async ({ url = '', port = 0, mode }) => {
      const proxy = await startFaultProxy({ target: { port } });
      try {
        const source = { ...sqlSource, timeoutMs: 400 };
        const settings = { DATABASE: url.replace(String(port), String(proxy.port)) };
        await using asking = open({ sources: { roles: source }, settings });
        const ask = (id: string) => asking.ask({ source: 'roles', parameters: { id } }, limits());
        expect(await soon(() => ask('u2'))).toHaveProperty('value');
        await proxy.mode(mode);
        const start = performance.now();
        const answers = await Promise.all([ask('u1'), ask('u2')]);
        expect(performance.now() - start).toBeLessThan(2000);
        for (const answer of answers) {
          expect(answer).toEqual({ failure: expect.stringMatching(/^(network|timeout)$/) });
        }
        await proxy.mode('pass');
        expect(await soon(() => ask('u1'))).toMatchObject({ value: { rows: { length: 2 } } });
        await until(() => proxy.open <= 10);
      } finally {
        await proxy.close();
      }
    },
  );

  it.each(servers.filter(([, url]) => url !== undefined))(
    '%s whose setup is never answered is closed, and closing does not wait',
    async (_name, url = '', port = 0) => {
      // A network that loses everything from the first word of the setup on.
      const clients = new Set<Socket>();
      const hole = createServer((client) => {
        clients.add(client);
        const upstream = connect(port, '127.0.0.1');
        let isLost = false;
        client.on('data', (bytes) => {
          isLost ||= bytes.includes('set ');
          if (!isLost) upstream.write(bytes);
        });
        upstream.on('data', (bytes) => client.write(bytes));
        client.on('error', () => undefined).on('close', () => upstream.destroy() && clients.delete(client));
        upstream.on('error', () => undefined);
      }).listen(0, '127.0.0.1');
      await once(hole, 'listening');
      const address = hole.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      const settings = { DATABASE: url.replace(String(port), String(address.port)) };
      const source = { ...sqlSource, timeoutMs: 200 };
      const asking = open({ sources: { roles: source, ready: { ...source, timeoutMs: 500 } }, settings });
      const ask = (id: string) => asking.ask({ source: 'roles', parameters: { id } }, limits());
      const answers = await Promise.all(Array.from({ length: 12 }, (_, nth) => ask(`u${nth}`)));
      for (const answer of answers) {
        expect(answer).toEqual({ failure: expect.stringMatching(/^(network|timeout)$/) });
      }
      await until(() => clients.size === 0);
      const getting = asking.ready().catch((error: unknown) => error);
      await until(() => clients.size > 0);
      const start = performance.now();
      await asking.close();
      expect(performance.now() - start).toBeLessThan(1500);
      await getting;
      hole.close();
      for (const client of clients) client.destroy();
    },
  );

  it.each([
    ['postgres://claimsmith@127.0.0.1:1/postgres', 'network'],
    ['mysql://claimsmith@127.0.0.1:1/claimsmith', 'network'],
    ['oracle://127.0.0.1/x', 'address'],
    ['nonsense', 'address'],
  ])('%s fails with %s, and getting ready tells why, without the address', async (url, failure) => {
    await using asking = open({ sources: { roles: sqlSource }, settings: { DATABASE: url } });
    expect(await asking.ask({ source: 'roles', parameters: { id: 'u1' } }, limits())).toEqual({ failure });
    const error = await asking.ready().catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'SourceError', source: 'roles' });
    expect(String(error)).not.toContain('127.0.0.1');
  });

  it.skipIf(postgres === undefined || mariadb === undefined)(
    'a database that refuses us is told from one that fails',
    async () => {
      const [, owned, other] = databases;
      await owned?.change('create role stranger login');
      await other?.change('create user stranger');
      const strange = (url = '', path = '') => {
        const address = Object.assign(new URL(url), { username: 'stranger' });
        return path === '' ? address.href : new URL(path, address).href;
      };
      const query = ['select role from claimsmith.user_role where user_id = ', ''];
      await using asking = open({
        sources: {
          nowhere: { ...sqlSource, connection: '${NOWHERE}' },
          pg: { ...sqlSource, connection: '${PG}' },
          maria: { ...sqlSource, connection: '${MARIA}', query },
        },
        settings: {
          NOWHERE: new URL('/nowhere', postgres?.url).href,
          PG: strange(postgres?.url),
          MARIA: strange(mariadb?.url, '/'),
        },
      });
      const outcomes = async (source: string) => {
        const before = asking.reports.length;
        for (let nth = 0; nth < 5; nth++) {
          const answer = await asking.ask({ source, parameters: { id: `u${nth}` } }, limits());
          expect(answer).toEqual({ failure: 'status' });
        }
        return asking.outcomes().slice(before);
      };
      const late = ['status', 'status', 'status', 'status', 'refused'];
      expect(await outcomes('nowhere')).toEqual(Array(5).fill('refused'));
      expect(await outcomes('pg')).toEqual(late);
      expect(await outcomes('maria')).toEqual(late);
    },
  );

  it('a database whose setting is not given fails with setting', async () => {
    await using asking = open({ sources: { roles: sqlSource } });
    await expect(asking.ready()).rejects.toThrow('roles: the setting `DATABASE` is not set');
    const answer = await asking.ask({ source: 'roles', parameters: { id: 'u1' } }, limits());
    expect(answer).toEqual({ failure: 'setting' });
  });
});
