import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// biome-ignore lint/correctness/noUnresolvedImports: Biome's list of Node's modules is older than this one.
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { json, serve } from '../../test/fixtures.ts';
import type { Answer, Need } from '../index.ts';
import { type ServerAskingOptions, serverAsking } from './index.ts';
import type { HttpServerSource, SqlServerSource } from './source.ts';

const http: HttpServerSource = {
  kind: 'http',
  headers: {},
  private: false,
  timeoutMs: 500,
  retries: 0,
  cacheMs: 0,
  staleMs: 0,
  limitBytes: 10_000,
};

async function asked(
  options: Pick<ServerAskingOptions, 'sources'> & Partial<ServerAskingOptions>,
  need: Need,
): Promise<Answer> {
  const asking = serverAsking({ revision: 'r1', settings: {}, ...options });
  try {
    await asking.ready();
    return await asking.ask(need, { signal: new AbortController().signal, endMs: Date.now() + 3000 });
  } finally {
    await asking.close();
  }
}

describe('a server', () => {
  it('asks HTTP', async () => {
    await using server = await serve((_request, response) => json(response, { plan: 'gold' }));
    const need = { source: 'plan', url: server.url };
    expect(await asked({ sources: { plan: http } }, need)).toMatchObject({ value: { plan: 'gold' } });
  });

  it('asks SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'claimsmith-'));
    const file = join(folder, 'a.db');
    const database = new DatabaseSync(file);
    database.exec("create table r (id text, role text); insert into r values ('u1', 'a'), ('u1', 'b')");
    database.close();
    const source: SqlServerSource = {
      kind: 'sql',
      connection: '${FILE}',
      query: ['select role from r where id = ', ' order by role'],
      bound: ['id'],
      rows: 'many',
      timeoutMs: 1000,
      retries: 0,
      cacheMs: 0,
      staleMs: 0,
      limitBytes: 10_000,
    };
    const options = { sources: { roles: source }, settings: { FILE: `sqlite:${file}` } };
    expect(await asked(options, { source: 'roles', parameters: { id: 'u1' } })).toMatchObject({
      value: { rows: [{ role: 'a' }, { role: 'b' }] },
    });
    rmSync(folder, { recursive: true });
  });
});
