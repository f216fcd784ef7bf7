import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });

/** What is wrong with a document, by the schema that docs publish for the command. */
function faults(command: string, text: string): unknown {
  const schema: unknown = JSON.parse(
    readFileSync(join(root, 'docs', 'schemas', `${command}.schema.json`), 'utf8'),
  );
  const validate = ajv.compile(Object(schema));
  validate(JSON.parse(text));
  return validate.errors ?? [];
}

describe('what commands print with --json keeps to the schema in docs', () => {
  test.each([
    ['check', 'check', 'shop', '--format', 'json'],
    ['check', 'check', 'first-draft', '--format', 'json'],
    ['preview', 'preview', 'shop', '--json'],
    ['preview', 'preview', 'wrong', '--json'],
    ['test', 'test', 'shop', '--json'],
    ['test', 'test', 'shop', '--json', '--strict'],
    ['test', 'test', 'wrong', '--json'],
    ['explain', 'explain', 'tier', 'shop', '--json'],
    ['explain', 'explain', 'TE804', '--json'],
    ['explain', 'explain', 'orders.write', 'shop', '--json'],
    ['explain', 'explain', 'TE502', 'shop', '--json'],
    ['inventory', 'inventory', 'shop', 'before', '--json'],
    ['diff', 'diff', 'before', 'shop', '--json'],
  ])('%s: %s %s %s %s', async (command, ...args) => {
    const { out } = await claimsmith(fixtures, ...args);
    expect(JSON.parse(out)).toMatchObject({ version: 1 });
    expect(faults(command, out)).toEqual([]);
  });

  test('init and build', async () => {
    const folder = scratchFolder({});
    const { out: written } = await claimsmith(folder, 'init', 'mine', '--json');
    expect(faults('init', written)).toEqual([]);
    const { out: built } = await claimsmith(folder, 'build', 'mine', '--json');
    expect(JSON.parse(built).files.length).toBeGreaterThan(1);
    expect(faults('build', built)).toEqual([]);
    const { out: unmade } = await claimsmith(fixtures, 'build', 'wrong', '--json');
    expect(JSON.parse(unmade).findings.length).toBeGreaterThan(0);
    expect(faults('build', unmade)).toEqual([]);
  });

  test('export', async () => {
    const folder = scratchFolder({});
    await claimsmith(folder, 'init', 'mine');
    const { out } = await claimsmith(folder, 'export', 'mine', '--format', 'terraform', '--json');
    expect(JSON.parse(out)).toMatchObject({ format: 'terraform', folder: 'mine/dist/export/terraform' });
    expect(JSON.parse(out).files.length).toBeGreaterThan(3);
    expect(faults('export', out)).toEqual([]);
    const { out: unmade } = await claimsmith(fixtures, 'export', 'wrong', '--format', 'terraform', '--json');
    expect(JSON.parse(unmade)).toMatchObject({ files: [], issuers: [] });
    expect(faults('export', unmade)).toEqual([]);
  });

  test('a document of another shape does not', () => {
    expect(faults('check', '{"version":1,"findings":[{}]}')).not.toEqual([]);
    expect(faults('test', '{"version":2,"policy":"","results":[]}')).not.toEqual([]);
  });
});
