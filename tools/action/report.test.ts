import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

interface Report {
  reportOf(run: {
    readonly command: string;
    readonly environment: string;
    readonly code: number;
    readonly document: unknown;
    readonly stderr: string;
  }): string;
  withinLimit(report: string, limit: number): string;
}

const { reportOf, withinLimit }: Report = await import(new URL('report.mjs', import.meta.url).href);

const run = { command: 'plan', environment: 'prod', code: 2, stderr: '' };
const change = (key: string, fields: readonly object[] = []) => ({
  ...{ kind: 'update', key, phase: 0, fields, parts: [] },
});
const place = (name: string, changes: readonly object[]) => ({
  ...{
    issuer: 'keycloak',
    place: name,
    status: changes.length > 0 ? 'changes' : 'in_sync',
    notices: [],
    changes,
  },
});
const planOf = (places: readonly object[]) => ({ policy: 'shop', revision: '1a2b3c4d', places });

describe('a report', () => {
  test('shows each field, code as a diff, and no secret', () => {
    const changes = [
      change('Action a', [
        { field: 'runtime', before: 'node18', after: 'node22' },
        { field: 'code', diff: '@@ -1,1 +1,1 @@\n-old\n+new' },
        { field: 'secrets.TOKEN', before: { secret: true }, after: { secret: true } },
        { field: 'bundle', after: { lines: 7 } },
      ]),
      { ...change('binding b'), kind: 'unbind', parts: [{ ...change('mapper c'), kind: 'delete' }] },
    ];
    expect(
      reportOf({ ...run, document: planOf([place('acme', changes)]) }),
    ).toBe(`### Claimsmith plan: \`prod\`

\`shop@1a2b3c4d\`, 1 place: 1 with changes.

<details open><summary><code>keycloak</code> <b>with changes</b><br><code>acme</code></summary>

\`\`\`diff
! update Action a
-     runtime: node18
+     runtime: node22
      code: 
@@ -1,1 +1,1 @@
-old
+new
-     secrets.TOKEN: (secret)
+     secrets.TOKEN: (secret)
+     bundle: 7 lines of code
- unbind binding b
-   delete mapper c
\`\`\`

</details>
`);
  });

  test('shows realms with the same changes once, those with changes first', () => {
    const same = [change('client scope claimsmith.shop')];
    const places = Array.from({ length: 1_000 }, (_, index) =>
      place(`realm ${index}`, index < 20 ? [] : same),
    );
    const report = reportOf({ ...run, document: planOf(places) });
    expect(report.match(/update client scope/g)).toHaveLength(1);
    expect(report).toContain('1000 places: 20 in sync, 980 with changes.');
    expect(report).toContain('and 970 more');
    expect(report.indexOf('realm 20<')).toBeLessThan(report.indexOf('realm 0<'));
    expect(report.length).toBeLessThan(3_000);
  });

  test('quotes messages if there is no plan', () => {
    expect(reportOf({ ...run, code: 1, document: undefined, stderr: 'error: no ```spec```\n' })).toBe(
      '### Claimsmith plan: `prod`\n\nFailed with exit code 1.\n\n````\nerror: no ```spec```\n````',
    );
  });

  test.each([
    [
      'apply',
      {
        done: [{ kind: 'create', key: 'a' }],
        left: [{ kind: 'bind', key: 'b' }],
        error: { message: 'broken' },
      },
      ['! broken', '  done: create a', '! left: bind b'],
    ],
    [
      'drift',
      { drifts: [{ kind: 'changed', key: 'a', fields: [{ field: 'x', before: 1, after: [2] }] }] },
      ['! changed a', '-     x: 1', '+     x: [2]'],
    ],
    [
      'verify',
      {
        answers: [{ scenario: 's', how: 'h', differences: [{ at: 'access.x', expected: 1, actual: null }] }],
      },
      ['! s (h)', '-     access.x: 1', '+     access.x: null'],
    ],
    [
      'verify',
      { answers: [{ scenario: 's' }, { scenario: 't', error: { message: 'refused' } }] },
      ['  s: as decided', '! t: refused'],
    ],
  ])('of %s says what was done and what is wrong', (command, more, lines) => {
    const document = { places: [{ issuer: 'okta', place: 'acme', status: 'failed', ...more }] };
    const [, code] = /```diff\n([\s\S]*)\n```/.exec(reportOf({ ...run, command, document })) ?? [];
    expect(code?.split('\n')).toEqual(lines);
  });
});

/** Texts that could end a code block, mention somebody, or be markup. */
const nasty = fc.string({
  unit: fc.constantFrom(
    '`',
    '```',
    '\n',
    '@ada ',
    '<b>',
    '</summary>',
    '</details>',
    '&',
    '|',
    '[a](//x)',
    '::error::',
    'x',
    '\r',
    '-->',
  ),
  maxLength: 12,
});

/** What is left of a report without its code blocks, code and own markup. */
function outsideOfCode(report: string): string {
  return report
    .replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '')
    .replace(/^### Claimsmith plan: .*$/m, '')
    .replace(/<code>[^<`]*<\/code>( <b>with changes<\/b>)?/g, '')
    .replace(/(`+)[^`][^\n]*?\1/g, '')
    .replace(/<\/?(details|summary|b|br)( open)?>/g, '');
}

test('nothing from a spec or a vendor is markup', () => {
  fc.assert(
    fc.property(nasty, nasty, nasty, nasty, (name, key, field, value) => {
      const fields = [
        { field, before: value, after: value },
        { field, diff: value },
      ];
      const notices = [{ severity: 'warning', message: value, help: key }];
      const places = [{ ...place(name, [change(key, fields)]), notices }];
      const left = outsideOfCode(reportOf({ ...run, document: planOf(places) }));
      expect(left.replace(/[\d\s:,.]|place|with changes/g, '')).toBe('');
      expect(outsideOfCode(reportOf({ ...run, document: undefined, stderr: value }))).toMatch(
        /^\s*Failed with exit code 2\.\s*$/,
      );
    }),
  );
});

test('a report within a limit is no longer than it, and its blocks are closed', () => {
  const changes = Array.from({ length: 200 }, (_, index) => change(`mapper ${index} \`\`\`\``));
  const places = [place('a', changes), place('b', changes.slice(1)), place('c', [])];
  const report = reportOf({ ...run, document: planOf(places) });
  expect(withinLimit(report, report.length)).toBe(report);
  for (let limit = 200; limit < report.length; limit += 37) {
    const short = withinLimit(report, limit);
    expect(short.length).toBeLessThanOrEqual(limit);
    expect(short).toContain('The report is longer');
    const count = (pattern: RegExp) => short.match(pattern)?.length ?? 0;
    expect(count(/<\/details>/g)).toBe(count(/<details/g));
    expect(count(/^`{5}$/gm)).toBe(count(/^`{5}diff$/gm));
  }
});
