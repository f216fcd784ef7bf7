import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseArguments } from '../src/arguments.ts';
import { type Command, commands } from '../src/commands.ts';
import { npxClaimsmith } from './terminal.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** A block that shows a command and what it prints. */
const block = /^```console\n\$ npx claimsmith (.*)\n[\s\S]*?^```$/gm;

const sizes = / *([\d,]+) bytes/g;

/** Whether a block still says what the command prints: any change of the generator moves sizes by a few bytes. */
function lasts(shown: string, fresh: string): boolean {
  if (shown.replace(sizes, ' n bytes') !== fresh.replace(sizes, ' n bytes')) return false;
  const [before, after] = [shown, fresh].map((text) =>
    [...text.matchAll(sizes)].map(([, size = '']) => Number(size.replaceAll(',', ''))),
  );
  return (before ?? []).every((size, index) => Math.abs(size - (after?.[index] ?? 0)) <= size * tolerance);
}

/** A part of the size shown. */
const tolerance = 0.05;

const shownPages = [
  'README.md',
  'docs/audit.md',
  'docs/cli.md',
  'docs/decide-with-cedar.md',
  'docs/getting-started.md',
  'docs/freshness.md',
  'docs/inventory.md',
  'docs/diff.md',
  'docs/volatile-attributes.md',
];

test.each(shownPages)('%s shows what the commands print; vitest -u writes it anew', async (name) => {
  const docs = join(repository, name);
  const root = mkdtempSync(join(tmpdir(), 'claimsmith-docs-'));
  try {
    cpSync(join(repository, 'examples'), join(root, 'examples'), { recursive: true });
    cpSync(join(repository, 'packages/cli/test/fixtures'), root, { recursive: true });
    const text = readFileSync(docs, 'utf8');
    let current = text;
    for (const [shown, line = ''] of text.matchAll(block)) {
      const { out, err } = await npxClaimsmith(root, ...words(line));
      // As a terminal shows them: stdout and stderr in one place.
      const fresh = `\`\`\`console\n$ npx claimsmith ${line}\n${err}${out}\`\`\``;
      if (!lasts(shown, fresh)) current = current.replace(shown, () => fresh);
    }
    await expect(current).toMatchFileSnapshot(docs);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** Words as a shell takes them, up to where another command begins. */
function words(line: string): string[] {
  const [own = ''] = line.split(/ [|>&#]/);
  return [...own.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}

interface Shown {
  readonly page: string;
  readonly line: string;
  /** What stands before the program's name. */
  readonly before: string;
  readonly isBlock: boolean;
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`),
  ...readdirSync(join(repository, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(repository, 'docs/rules')).map((name) => `docs/rules/${name}`),
];

/** What a page has its reader type: lines of shell blocks, and commands in sentences. */
function shownOn(page: string, text: string): Shown[] {
  const blocks = [...text.matchAll(/^ *```(sh|console)\n([\s\S]*?)^ *```$/gm)];
  const lines = blocks.flatMap(([, language, code = '']) => {
    const prompt = language === 'console' ? '\\$ ' : ' *';
    return [...code.matchAll(new RegExp(`^${prompt}((?:[A-Z_]+=\\S* )*(?:npx )?)claimsmith (.*)$`, 'gm'))];
  });
  const prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
  const inline = [...prose.matchAll(/`((?:npx )?)claimsmith ([^`]*)`/g)];
  return [
    ...lines.map(([, before = '', line = '']) => ({ page, before, line, isBlock: true })),
    ...inline.map(([, before = '', line = '']) => ({ page, before, line, isBlock: false })),
  ];
}

/** Why a command cannot be run as it is printed; undefined if it can. */
async function wrong({ before, line, isBlock }: Shown): Promise<string | undefined> {
  if (isBlock && !before.includes('npx ')) return 'lacks npx';
  const [name = '', ...args] = words(line);
  if (['--help', '--version', '…'].includes(name)) return undefined;
  const known: Readonly<Record<string, Command>> = commands;
  const command = Object.hasOwn(known, name) ? known[name] : undefined;
  if (command === undefined) return `unknown command ${name}`;
  // In a sentence, a name alone speaks of the command.
  if (!isBlock && args.length === 0) return undefined;
  try {
    await parseArguments(name, command, args);
  } catch (error) {
    return String(error);
  }
  const lost = args.find((arg) => /^(?:examples|docs)\//.test(arg) && !existsSync(join(repository, arg)));
  return lost === undefined ? undefined : `there is no ${lost}`;
}

test.each(pages)('%s has only commands that there are, with flags that they take', async (page) => {
  const shown = shownOn(page, readFileSync(join(repository, page), 'utf8'));
  const faults = await Promise.all(shown.map(async (one) => ({ ...one, why: await wrong(one) })));
  expect(faults.filter(({ why }) => why !== undefined)).toEqual([]);
});

test('a command that cannot be run is found', async () => {
  const page =
    '`claimsmith chek` \n```sh\nA=1 npx claimsmith check --fromat json &\nclaimsmith check\n```\n```console\n$ npx claimsmith test examples/gone\nclaimsmith says no\n```\n';
  const whys = await Promise.all(shownOn('a page', page).map(wrong));
  expect(whys).toEqual([
    expect.stringContaining('no flag --fromat'),
    'lacks npx',
    'there is no examples/gone',
    'unknown command chek',
  ]);
});

test('README.md lists every command', () => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| (`npx claimsmith .*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/npx claimsmith (\w+)/g)].map(([, name]) => name),
  );
  expect(listed.toSorted()).toEqual(Object.keys(commands).toSorted());
});

test('README.md shows the spec that it runs', () => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const spec = readFileSync(join(repository, 'examples/quickstart/enrichment.yaml'), 'utf8');
  expect(readme).toContain(`\`\`\`yaml\n${spec}\`\`\``);
});

test('docs/getting-started.md: what its reader writes does as it says', async () => {
  const page = readFileSync(join(repository, 'docs/getting-started.md'), 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  const [claims = '', source = '', value = '', answer = '', failing = ''] = blocks;
  const [, said = ''] = /^```text\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const root = mkdtempSync(join(tmpdir(), 'claimsmith-docs-'));
  const spec = join(root, 'my-claims/enrichment.yaml');
  const scenarios = join(root, 'my-claims/scenarios/first.yaml');
  const change = (file: string, before: string, after: string) => {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(before);
    writeFileSync(
      file,
      text.replace(before, () => after),
    );
  };
  try {
    await npxClaimsmith(root, 'init', 'my-claims');
    // The page shows the claims without what a first reader can do without.
    const shown = claims.split('\n').filter((line) => line !== '');
    for (const line of shown) expect(readFileSync(spec, 'utf8').split('\n')).toContain(line);

    const whole = readFileSync(scenarios, 'utf8');
    change(scenarios, /^ {2}- name: a user without a plan\n(?: {4}.*\n)+/m.exec(whole)?.[0] ?? '', '');
    const less = await npxClaimsmith(root, 'test', 'my-claims', '--mutate');
    expect([less.code, less.out]).toEqual([2, expect.stringContaining('claims.plan.onMissing')]);
    writeFileSync(scenarios, whole);

    change(spec, 'claims:\n', `${source}claims:\n`);
    change(spec, '    value: user.attributes.plan\n', value);
    const unanswered = await npxClaimsmith(root, 'test', 'my-claims');
    expect([unanswered.code, unanswered.out]).toEqual([2, expect.stringContaining(said)]);

    const first = '  - name: a user with a role\n';
    change(scenarios, first, first + answer);
    writeFileSync(scenarios, readFileSync(scenarios, 'utf8') + failing);
    expect((await npxClaimsmith(root, 'test', 'my-claims')).code).toBe(0);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
