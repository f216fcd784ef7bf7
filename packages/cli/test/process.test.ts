import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { satisfies } from 'semver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const home = fileURLToPath(new URL('..', import.meta.url));
const command = join(home, 'bin/claimsmith.js');
const fixtures = join(home, 'test/fixtures');
let root: string;

beforeAll(() => {
  const built = spawnSync(process.execPath, ['build.ts'], { cwd: home, encoding: 'utf8' });
  expect(built.stderr).toBe('');
  root = mkdtempSync(join(tmpdir(), 'claimsmith-process-'));
  chmodSync(root, 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: readonly string[];
  readonly uid?: number;
  readonly cwd?: string;
}

function claimsmith(args: readonly string[], { env = {}, node = [], uid, cwd = fixtures }: Options = {}) {
  // Of a person's shell; with coverage, vitest turns Node's compile cache off.
  const {
    FORCE_COLOR: _force,
    NO_COLOR: _no,
    CI: _ci,
    NODE_DISABLE_COMPILE_CACHE: _off,
    ...clean
  } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, command, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...clean, ...env },
    ...(uid === undefined ? {} : { uid }),
  });
  return { code: status, out: stdout, err: stderr };
}

function shell(script: string) {
  const run = `"${process.execPath}" "${command}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script.replaceAll('claimsmith', run)], {
    cwd: fixtures,
    encoding: 'utf8',
  });
  return { out: stdout, err: stderr };
}

const golden = (name: string) => readFileSync(join(home, 'test/golden', name), 'utf8');

describe('the built command', () => {
  test('says how Cedar is installed where decisions need it and it is not there', () => {
    const gone = `import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  if (name.startsWith('@cedar-policy/')) throw new Error('gone');
  return next(name, context);
} });`;
    const folder = join(root, 'verified-permissions');
    cpSync(join(home, '../../examples/verified-permissions'), folder, { recursive: true });
    const node = ['--import', `data:text/javascript,${encodeURIComponent(gone)}`];
    expect(claimsmith(['test', folder], { node })).toEqual({
      code: 1,
      out: '',
      err: 'error: Cedar is not installed beside claimsmith: npm install --save-dev claimsmith @cedar-policy/cedar-wasm@4\n',
    });
  });

  test('says the same as the functions, and nothing else', () => {
    expect(claimsmith(['--help'])).toEqual({ code: 0, out: golden('help.txt'), err: '' });
    expect(claimsmith(['check', 'wrong'])).toEqual({ code: 2, out: golden('check-wrong.txt'), err: '' });
    expect(claimsmith(['check', 'script'])).toEqual({ code: 2, out: golden('check-script.txt'), err: '' });
    expect(claimsmith(['preview', 'shop'])).toEqual({ code: 2, out: golden('preview-shop.txt'), err: '' });
    expect(claimsmith(['chek']).code).toBe(64);
  });

  test('prints the version of its package', () => {
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    expect(claimsmith(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('checks what only a build shows: how large the files of a large spec are', () => {
    const texts = Array.from({ length: 900 }, (_, index) => `k${index}: ${'v'.repeat(30)}`).join(', ');
    const file = join(root, 'large.yaml');
    writeFileSync(
      file,
      `version: 1
name: large
user: { attributes: { key: string } }
tables: { texts: { ${texts} } }
claims: { https://acme.example/text: { value: 'tables.texts[user.attributes.key]', kind: descriptive } }
issuers:
  auth0: { clients: all }
  okta: { guard: [sentinel], idTokens: false }
  keycloak: { scripts: true, audience: https://api.acme.example/ }
  cognito: { clients: all }
`,
    );
    const { code, out, err } = claimsmith(['check', file, '--format', 'json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out).summary).toMatchObject({ error: 0 });
    const tooLarge = join(root, 'too-large.yaml');
    writeFileSync(tooLarge, readFileSync(file, 'utf8').replaceAll('v'.repeat(30), 'v'.repeat(90)));
    const { findings } = JSON.parse(claimsmith(['check', tooLarge, '--format', 'json']).out);
    expect(
      findings.map(({ rule, issuer }: { rule: string; issuer: string }) => `${rule} ${issuer}`),
    ).toContain('TE803 keycloak');
  });

  test('builds what the functions build', () => {
    const out = join(root, 'built');
    expect(claimsmith(['build', 'shop', '--out', out]).code).toBe(0);
    expect(claimsmith(['build', 'shop', '--out', out, '--check']).code).toBe(0);
  });

  test('colour: off in a pipe, on by FORCE_COLOR, off by NO_COLOR', () => {
    const escapes = (env: Readonly<Record<string, string>>) =>
      claimsmith(['check', 'wrong'], { env }).out.includes('\u001b[');
    expect([escapes({}), escapes({ FORCE_COLOR: '1' }), escapes({ NO_COLOR: '1' })]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('FORCE_COLOR wins over NO_COLOR, without a warning', () => {
    const { out, err } = claimsmith(['check', 'wrong'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } });
    expect([out.includes('\u001b['), err]).toEqual([true, '']);
  });

  test('has no built-in module without the names that its code takes from it', () => {
    const folder = join(home, 'dist/bundle');
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts.join('')).toContain('getBuiltinModule');
    expect(texts.filter((text) => /of ?\[\] ?\)/.test(text))).toEqual([]);
  });

  test('COLUMNS sets the width of a pipe', () => {
    const { out } = claimsmith(['check', 'wrong'], { env: { COLUMNS: '60' } });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('what goes wrong around it', () => {
  test('a reader that goes away ends it in silence', () => {
    const { out, err } = shell('set -o pipefail; claimsmith schema | head -c 20; echo " ${PIPESTATUS[0]}"');
    expect(out.endsWith(' 0\n')).toBe(true);
    expect(err).toBe('');
  });

  test.runIf(existsSync('/dev/full'))('a full disk behind stdout is one line and code 1', () => {
    const { out, err } = shell('claimsmith schema > /dev/full; echo $?');
    expect(out).toBe('1\n');
    expect(err).toMatch(/^error: stdout cannot be written: the disk is full\n$/);
  });

  test('a spec that may not be read', () => {
    const path = join(root, 'secret.yaml');
    writeFileSync(path, 'version: 1\n');
    chmodSync(path, 0o000);
    // Root may read everything.
    const nobody = process.getuid?.() === 0 ? { uid: 65534 } : {};
    expect(claimsmith(['check', path], nobody)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/secret\.yaml cannot be read: permission denied\n$/),
    });
  });

  test('an output folder that may not be written', () => {
    const nobody = process.getuid?.() === 0 ? { uid: 65534 } : {};
    const folder = join(root, 'locked');
    cpSync(join(fixtures, 'shop'), folder, { recursive: true });
    chmodSync(folder, 0o555);
    const ran = claimsmith(['build', folder, '--json'], nobody);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/: permission denied\n$/) });
    expect(readdirSync(folder).toSorted()).toEqual(['enrichment.yaml', 'scenarios']);
  });

  test('a Node without type stripping', () => {
    const ran = claimsmith(['check', 'script'], { node: ['--no-strip-types'] });
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toMatch(
      /^error: script\/enrichment\.config\.ts needs a Node that reads TypeScript: .*\n$/,
    );
  });

  test('a TypeScript spec that leaves something running', () => {
    const path = join(root, 'enrichment.config.ts');
    writeFileSync(
      path,
      'setInterval(() => {}, 1e6); export const spec = { version: 1, name: "a", claims: {} };',
    );
    expect(claimsmith(['check', path])).toMatchObject({ code: 0, err: '' });
  });

  test.each([
    'process.exit(0); export const spec = {};',
    'process.exit(); export const spec = {};',
    // Nothing is left to wait for.
    'process.exitCode = 0; setImmediate(() => process.exit()); await new Promise(() => {});',
  ])('a TypeScript spec that ends the process: %s', (text) => {
    const path = join(root, 'enrichment.config.ts');
    writeFileSync(path, text);
    expect(claimsmith(['check', path])).toEqual({
      code: 1,
      out: '',
      err: 'error: the spec ended the process before it was checked; a TypeScript spec must not call process.exit\n',
    });
  });

  test('what a TypeScript spec logs is not a result', () => {
    const path = join(root, 'enrichment.config.ts');
    writeFileSync(path, 'console.log("hi"); export const spec = { version: 1, name: "a", claims: {} };');
    const { code, out, err } = claimsmith(['check', path, '--json']);
    expect([code, err]).toEqual([0, 'hi\n']);
    expect(JSON.parse(out).summary.error).toBe(0);
  });

  test.each(['claimsmith', '@claimsmith/core'])(
    'a TypeScript spec far from %s learns how to go on',
    (name) => {
      const path = join(root, 'enrichment.config.ts');
      writeFileSync(
        path,
        `import { defineEnrichment } from '${name}';\nexport const spec = defineEnrichment({});`,
      );
      const { code, out } = claimsmith(['check', path, '--json']);
      expect(code).toBe(2);
      expect(JSON.parse(out).findings).toMatchObject([
        {
          rule: 'TE001',
          message: `The spec imports \`${name}\`, which is not installed here.`,
          range: { start: { line: 1, column: 35 } },
          help: `Install it, \`npm install --save-dev ${name}\`, or export the plain object: \`export const spec = { … }\`.`,
        },
      ]);
    },
  );

  test('a long output arrives whole in a slow pipe', () => {
    const { out } = shell('claimsmith schema | { sleep 0.3; cat; }');
    expect(out).toBe(claimsmith(['schema']).out);
    expect(() => JSON.parse(out)).not.toThrow();
  });

  test.each(['20.19.0', '22.18.0', '22.19.0', '23.11.0', '24.2.0', '24.3.0', '26.0.0'])(
    'Node %s is refused where package.json refuses it',
    (version) => {
      const other = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
      const { code, out, err } = claimsmith(['--version'], { node: ['--import', other] });
      const { engines } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
      if (satisfies(version, engines.node)) return expect({ code, err }).toEqual({ code: 0, err: '' });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /^error: claimsmith needs Node 22\.19, 24\.3 or later; this is v.*\. Inside a clone, npx claimsmith uses the Node of the clone\.\n$/,
      );
    },
  );

  test('CLAIMSMITH_DEBUG=1 shows where an error comes from, and nothing else does', () => {
    const env = { CLAIMSMITH_DEBUG: '1' };
    expect(claimsmith(['check', 'none'], { env }).err).toMatch(/\n\s+at /);
    expect(claimsmith(['check', 'none']).err).not.toMatch(/\n\s+at /);
  });
});

test('Ctrl-C at any moment of a build leaves the old files or the new ones, whole', async () => {
  const spec = join(root, 'interrupted');
  cpSync(join(fixtures, 'shop'), spec, { recursive: true });
  const start = performance.now();
  expect(claimsmith(['build', spec]).code).toBe(0);
  const whole = performance.now() - start;
  const folder = join(spec, 'dist/auth0');
  const read = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  const versions = [JSON.stringify(read())];
  const text = readFileSync(join(spec, 'enrichment.yaml'), 'utf8');
  writeFileSync(join(spec, 'enrichment.yaml'), text.replace('maxItems: 3', 'maxItems: 4'));
  const rounds = 12;
  for (let round = 0; round < rounds; round++) {
    const code = await interruptedAfter((whole * (round + 1)) / rounds, ['build', spec]);
    expect([0, 130]).toContain(code);
    expect(readdirSync(join(spec, 'dist'))).toEqual(['auth0', 'services']);
    // A second version must be what a whole build writes, and there is no third.
    const found = JSON.stringify(read());
    if (versions.includes(found)) continue;
    expect(versions).toHaveLength(1);
    expect(claimsmith(['build', spec, '--check', '--issuer', 'auth0']).code).toBe(0);
    versions.push(found);
  }
});

test('builds into one folder at the same time all end well, and the folder is whole', async () => {
  const spec = join(root, 'crowded');
  cpSync(join(fixtures, 'shop'), spec, { recursive: true });
  const codes = await Promise.all(Array.from({ length: 4 }, () => interruptedAfter(60_000, ['build', spec])));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(readdirSync(join(spec, 'dist'))).toEqual(['auth0', 'services']);
  expect(claimsmith(['build', spec, '--check']).code).toBe(0);
});

function interruptedAfter(delayMs: number, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: fixtures, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGINT'), delayMs);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      // Before the command has said what to do on Ctrl-C, the signal ends it; a shell counts that as 130 too.
      resolve(signal === 'SIGINT' ? 130 : code);
    });
  });
}

describe('the code that is kept between runs', () => {
  const check = (caches: string, env: Options['env'] = {}) =>
    claimsmith(['check', 'shop'], { env: { XDG_CACHE_HOME: caches, ...env } });
  const kept = (caches: string) => {
    const folder = join(caches, 'claimsmith');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'modules') : [];
  };
  const emptyCaches = () => mkdtempSync(join(root, 'caches-'));

  test('is one file of the user alone, which the next run takes as it is', () => {
    const caches = emptyCaches();
    const first = check(caches);
    const [name = '', ...others] = kept(caches);
    expect([others, name]).toEqual([[], expect.stringMatching(/^check-.*\.cache$/)]);
    const path = join(caches, 'claimsmith', name);
    const { mode, mtimeMs } = statSync(path);
    expect(mode & 0o777).toBe(0o600);
    expect(check(caches)).toEqual(first);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  test('is written again where it is of no use, or a day old', () => {
    const caches = emptyCaches();
    const first = check(caches);
    const path = join(caches, 'claimsmith', kept(caches)[0] ?? '');
    const { size } = statSync(path);
    writeFileSync(path, 'not compiled code');
    expect(check(caches)).toEqual(first);
    expect(statSync(path).size).toBeGreaterThan(size / 2);
    const yesterday = Date.now() / 1000 - 90_000;
    utimesSync(path, yesterday, yesterday);
    expect(check(caches)).toEqual(first);
    expect(statSync(path).mtimeMs / 1000).toBeGreaterThan(yesterday + 1);
  });

  test('is written again by a run with clearly more work, and not by one with less', () => {
    const caches = emptyCaches();
    const folder = mkdtempSync(join(root, 'large-'));
    const claims = Array.from(
      { length: 500 },
      (_, index) =>
        `  c${index}: { value: '"team-${index}" in user.groups && !("guest-${index}" in user.groups)', kind: descriptive }\n`,
    );
    writeFileSync(
      join(folder, 'enrichment.yaml'),
      `version: 1\nname: large\nclaims:\n${claims.join('')}issuers: { auth0: {} }\n`,
    );
    check(caches);
    const path = join(caches, 'claimsmith', kept(caches)[0] ?? '');
    const small = readFileSync(path);
    const large = () => claimsmith(['check', folder], { env: { XDG_CACHE_HOME: caches } });
    const first = large();
    expect(first.code).toBe(0);
    const { size, mtimeMs } = statSync(path);
    expect(size).toBeGreaterThan(small.length);
    expect(large()).toEqual(first);
    check(caches);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  test('is not taken where a bit of it is wrong', () => {
    const caches = emptyCaches();
    const first = check(caches);
    const path = join(caches, 'claimsmith', kept(caches)[0] ?? '');
    const whole = readFileSync(path);
    for (const at of [0.2, 0.4, 0.6, 0.8]) {
      // Many, since most of the code is not run.
      const damaged = whole.map((byte, index) =>
        index / whole.length > at && index % 997 === 0 ? byte ^ 4 : byte,
      );
      writeFileSync(path, damaged);
      expect(check(caches)).toEqual(first);
      expect(readFileSync(path).equals(damaged)).toBe(false);
    }
  });

  test('of versions that are used no more is removed', () => {
    const caches = emptyCaches();
    mkdirSync(join(caches, 'claimsmith'), { mode: 0o700 });
    mkdirSync(join(caches, 'claimsmith', 'modules'));
    const old = ['check-0000000000000000-v22.0.0-x64.cache', 'modules/0000'].map((name) =>
      join(caches, 'claimsmith', name),
    );
    for (const path of old) {
      writeFileSync(path, '');
      utimesSync(path, 0, 0);
    }
    check(caches);
    expect(old.filter((path) => existsSync(path))).toEqual([]);
    expect(kept(caches)).toHaveLength(1);
  });

  test.each([
    ['a folder that others can write to', (folder: string) => chmodSync(folder, 0o777)],
    ['a folder that others can read, as one of a checkout', (folder: string) => chmodSync(folder, 0o755)],
    ['a folder that others can replace', (folder: string) => chmodSync(dirname(folder), 0o777)],
    [
      'a folder that others can replace by its parent',
      (folder: string) => chmodSync(dirname(dirname(folder)), 0o777),
    ],
    ['a link to another folder', relink],
    ['a file', replaceByFile],
  ])('is not in %s', (_, spoil) => {
    const caches = join(emptyCaches(), 'caches');
    const folder = join(caches, 'claimsmith');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    spoil(folder);
    expect(check(caches)).toMatchObject({ code: 0, err: '' });
    expect(statSync(folder).isDirectory() ? readdirSync(folder) : []).toEqual([]);
  });

  test.each([0o666, 0o644])('is not taken from a file of mode %o', (mode) => {
    const caches = emptyCaches();
    check(caches);
    const path = join(caches, 'claimsmith', kept(caches)[0] ?? '');
    chmodSync(path, mode);
    check(caches);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is not kept in the project if HOME is a relative path', () => {
    const folder = mkdtempSync(join(root, 'project-'));
    cpSync(join(fixtures, 'shop'), folder, { recursive: true });
    const env = { HOME: '.', XDG_CACHE_HOME: '' };
    expect(claimsmith(['check'], { env, cwd: folder })).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(folder)).toEqual(['enrichment.yaml', 'scenarios']);
  });

  test.each(['/proc', '/dev/null', '/nowhere'])('is not kept where %s should hold it', (caches) => {
    expect(check(caches)).toEqual(check(emptyCaches()));
  });

  test('is not kept in CI, nor if the user turns it off', () => {
    const caches = emptyCaches();
    check(caches, { CI: 'true' });
    check(caches, { NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(kept(caches)).toEqual([]);
  });
});

function relink(folder: string) {
  renameSync(folder, `${folder}-elsewhere`);
  symlinkSync(`${folder}-elsewhere`, folder);
}

function replaceByFile(folder: string) {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
}
