import type { Tried } from '../proof/try.ts';
import type { Mismatch } from '../run/compare.ts';

/**
 * The results as JUnit XML: a suite for the policy itself and one for each issuer, a case for each scenario.
 *
 * @param isStrict whether an announced difference is a failure
 * @see https://github.com/testmoapp/junitxml
 */
export function renderJunit(policy: string, results: readonly Tried[], isStrict = false): string {
  const isFailed: Judge = ({ status }) => status === 'failed' || (isStrict && status === 'departs');
  const suites = [...new Set(results.map(({ where }) => where))].map((where) =>
    suite(
      `${policy} ${where}`,
      results.filter((result) => result.where === where),
      isFailed,
    ),
  );
  const failures = results.filter(isFailed).length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name=${quoted(policy)} tests="${results.length}" failures="${failures}">
${suites.join('')}</testsuites>
`;
}

type Judge = (result: Tried) => boolean;

function suite(name: string, results: readonly Tried[], isFailed: Judge): string {
  const failures = results.filter(isFailed).length;
  const cases = results.map((result) => testCase(name, result, isFailed(result)));
  return `  <testsuite name=${quoted(name)} tests="${results.length}" failures="${failures}">
${cases.join('')}  </testsuite>
`;
}

function testCase(suite: string, result: Tried, isFailed: boolean): string {
  const { trial, where, status, differences, unmet, departures, impossible } = result;
  // The words of the table that people read.
  const [due, got] = where === 'policy' ? ['expected', where] : ['policy', where];
  const head = `    <testcase classname=${quoted(suite)} name=${quoted(trial)}`;
  if (status === 'passed') return `${head}/>\n`;
  if (impossible !== undefined) return `${head}><skipped message=${quoted(impossible)}/></testcase>\n`;
  const lines =
    status === 'failed'
      ? [
          ...differences.map((found) => line(found, due, got)),
          ...unmet.map((found) => line(found, 'expected', got)),
        ]
      : departures.map(({ rule, why }) => `${rule}: ${why}`);
  const text = escaped(lines.join('\n'));
  const inner = isFailed
    ? `<failure message=${quoted(lines[0] ?? '')}>${text}</failure>`
    : `<system-out>${text}</system-out>`;
  return `${head}>${inner}</testcase>\n`;
}

function line({ at, expected, actual }: Mismatch, due: string, got: string): string {
  return `${at}: ${due} ${json(expected)}, ${got} ${json(actual)}`;
}

function json(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`;
}

/** XML 1.0 has no way to write most control characters. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it replaces.
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    );
}
