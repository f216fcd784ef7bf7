import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commands } from '../src/commands.ts';
import { claimsmith, claimsmithAt } from './terminal.ts';

const cwd = tmpdir();

describe('help', () => {
  test('the overview reads as agreed', async () => {
    const { code, out, err } = await claimsmith(cwd, '--help');
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot('golden/help.txt');
    expect(await claimsmith(cwd)).toEqual({ code: 0, out, err: '' });
  });

  test.each(Object.keys(commands))('%s --help reads as agreed', async (name) => {
    const { code, out, err } = await claimsmith(cwd, name, '--help');
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot(`golden/help-${name}.txt`);
    expect(await claimsmith(cwd, 'help', name)).toEqual({ code, out, err });
  });

  test('no line is wider than the terminal', async () => {
    for (const name of Object.keys(commands)) {
      const { out } = await claimsmithAt(cwd, 60, name, '--help');
      const examples = Object.values(commands).flatMap((command): readonly string[] => command.examples);
      for (const line of out.split('\n')) {
        if (!examples.includes(line.trim())) expect(line.length, line).toBeLessThanOrEqual(60);
      }
    }
  });
});

describe('a command line that makes no sense ends with 64, one line on stderr, and nothing on stdout', () => {
  test.each([
    [['chek'], 'unknown command chek; did you mean check?'],
    [['--halp'], 'unknown flag --halp; did you mean --help?'],
    [['help', 'biuld'], 'unknown command biuld; did you mean build?'],
    [['constructor'], 'unknown command constructor'],
    [['check', '--fromat', 'json'], 'claimsmith check has no flag --fromat; did you mean --format?'],
    [['check', '--no-json'], 'claimsmith check has no flag --no-json'],
    [['check', '--__proto__', 'x'], 'claimsmith check has no flag --__proto__'],
    [['check', '-j'], 'claimsmith check has no flag -j'],
    [['check', '--format'], '--format needs a value: --format <name>'],
    [['check', '--format='], '--format needs a value: --format <name>'],
    [['check', '--format', '--json'], '--format needs a value: --format <name>'],
    [
      ['check', '--format', 'sarf'],
      '--format is one of pretty, json, sarif, github, not "sarf"; did you mean sarif?',
    ],
    [['check', '--format=json', '--format=json'], '--format is given twice'],
    [['check', '--json=yes'], '--json takes no value'],
    [
      ['check', 'a', 'b'],
      'claimsmith check takes one spec, but got 2: "a", "b"; run it once for each, and put a name with spaces in quotes',
    ],
    [['explain', 'a', 'b', 'c'], 'claimsmith explain takes one claim and one spec, but got 3: "a", "b", "c"'],
    [
      ['preview', '--live', 'keycloak.example', '--user', 'u', '--client', 'c'],
      '--live needs an address: --live https://issuer.example',
    ],
    [['check', '--issuer', 'auth'], 'unknown issuer "auth"; did you mean auth0?'],
    [['explain'], 'claimsmith explain needs a claim; see claimsmith explain --help'],
    [['schema', 'scenario'], 'unknown schema "scenario"; did you mean scenarios?'],
    [['preview', '--trigger', 'post-login'], '--trigger goes with --event <file>'],
    [
      ['preview', '--event', 'e', '--trigger', 't', '--scenario', 's'],
      '--event and --scenario exclude each other',
    ],
  ])('%j', async (args, message) => {
    const { code, out, err } = await claimsmith(cwd, ...args);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(`error: ${message}`);
    expect(err.split('\n')).toHaveLength(2);
  });

  test('law: whatever is typed, there is no stack trace and no control character in the answer', async () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('check', '--format', '--json', '--', '-', '-h'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 4 }), async (args) => {
        const ran = await claimsmith('/nowhere', ...args);
        expect([0, 1, 64]).toContain(ran.code);
        expect(ran.err).not.toMatch(/\n\s+at |defect/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
        expect(ran.err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
      }),
    );
  });
});
