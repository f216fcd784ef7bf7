/**
 * Keycloak runs its scripts in Nashorn, so the generated text has to mean there what it means in V8.
 * Both engines run the same ES5 program and print one line per case; the lines are compared.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Kept out of the repository; filled from Maven coordinates when first needed. */
const CACHE = fileURLToPath(new URL('../.cache/nashorn/', import.meta.url));
const NASHORN_VERSION = '15.7';
const ASM_VERSION = '9.7';
const ASM_PARTS = ['asm', 'asm-commons', 'asm-util', 'asm-tree', 'asm-analysis'] as const;
const DOWNLOAD_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_MS = 300_000;

export type Nashorn =
  | { readonly ok: true; readonly classPath: string }
  | { readonly ok: false; readonly reason: string };

/** The engine's jars, fetched if they are not there yet; the reason where they cannot be had. */
export function findNashorn(): Nashorn {
  if (!runs('jrunscript', ['-help'])) return { ok: false, reason: 'no JDK (jrunscript) on this machine' };
  const cached = jars();
  if (cached.length > ASM_PARTS.length) return { ok: true, classPath: cached.join(delimiter) };
  if (!runs('mvn', ['--version']))
    return { ok: false, reason: 'no mvn on this machine to fetch Nashorn with' };
  mkdirSync(CACHE, { recursive: true });
  const pom = join(CACHE, 'pom.xml');
  writeFileSync(pom, projectFile());
  const copied = spawnSync(
    'mvn',
    ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${join(CACHE, 'jars')}`],
    {
      encoding: 'utf8',
      timeout: DOWNLOAD_TIMEOUT_MS,
    },
  );
  if (copied.status !== 0)
    return { ok: false, reason: `mvn could not fetch nashorn-core ${NASHORN_VERSION}` };
  return { ok: true, classPath: jars().join(delimiter) };
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
}

function jars(): string[] {
  try {
    return readdirSync(join(CACHE, 'jars')).map((file) => join(CACHE, 'jars', file));
  } catch {
    return [];
  }
}

function projectFile(): string {
  const dependency = (groupId: string, artifactId: string, version: string): string =>
    `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>nashorn</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.openjdk.nashorn', 'nashorn-core', NASHORN_VERSION)}
    ${ASM_PARTS.map((part) => dependency('org.ow2.asm', part, ASM_VERSION)).join('\n    ')}
  </dependencies>
</project>
`;
}

/** A call of a generated function with its one argument; the budget comes second. */
export interface Call {
  readonly name: string;
  readonly argument: unknown;
}

/** An ES5 program that makes each call and prints its outcome, one line of ASCII each. */
export function batchScript(generated: string, calls: readonly Call[]): string {
  const lines = calls.map(
    ({ name, argument }) => `run(${name}, function () { return ${literal(argument)}; });`,
  );
  return `${generated}\n${PRINTER}\n${lines.join('\n')}\n`;
}

const PRINTER = `
function quoted(text) {
  var out = '"', index, code;
  for (index = 0; index < text.length; index++) {
    code = text.charCodeAt(index);
    out += code < 32 || code > 126 || code === 34 || code === 92 ? '\\\\u' + (code + 65536).toString(16).slice(1) : text.charAt(index);
  }
  return out + '"';
}
function encoded(value) {
  var parts = [], key;
  if (value === null || typeof value === 'boolean' || typeof value === 'undefined') return String(value);
  if (typeof value === 'number') return value === 0 && 1 / value < 0 ? '-0' : String(value);
  if (typeof value === 'string') return quoted(value);
  if (Object.prototype.toString.call(value) === '[object Array]') {
    for (key = 0; key < value.length; key++) parts.push(encoded(value[key]));
    return '[' + parts.join(',') + ']';
  }
  for (key in value) if (Object.prototype.hasOwnProperty.call(value, key)) parts.push(quoted(key) + ':' + encoded(value[key]));
  return '{' + parts.sort().join(',') + '}';
}
function run(call, argument) {
  var line;
  try {
    line = 'value ' + encoded(call(argument(), { left: 1000000 }));
  } catch (thrown) {
    line = thrown && typeof thrown.at === 'number' ? 'error ' + thrown.code + ' at ' + thrown.at : 'crash ' + thrown;
  }
  print(line);
}`;

/** The value as ES5 source. JSON has no undefined, -0 or NaN, and U+2028 would end a line. */
function literal(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${quote(key)}: ${literal(member)}`)
    .join(', ')} }`;
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function runInNashorn(classPath: string, script: string): string[] {
  const file = join(CACHE, `batch-${process.pid}.js`);
  writeFileSync(file, script);
  const { status, stdout, stderr } = spawnSync('jrunscript', ['-cp', classPath, '-l', 'nashorn', file], {
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`Nashorn ended with ${status}: ${stderr.slice(0, 2_000)}`);
  return stdout.split('\n').slice(0, -1);
}

export function runInV8(script: string): string[] {
  const lines: string[] = [];
  new Function('print', script)((line: string) => lines.push(line));
  return lines;
}
