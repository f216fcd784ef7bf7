import { expect, it } from 'vitest';
import { loadSuite } from '../packages/cel/test/conformance/suite.ts';
import { build, type Source } from '../packages/cel/test/support/program.ts';
import { reportFigure } from './figures.ts';
import { environment, randomData } from './fuzz/environment.ts';
import { render } from './fuzz/expression.ts';
import { randomExpression } from './fuzz/generate.ts';
import { seeded } from './fuzz/random.ts';
import { batchScript, findNashorn, runInNashorn, runInV8 } from './nashorn.ts';

const FUZZ_CASES = 500;
const FUZZ_SEED = 20_251;

interface Called extends Source {
  readonly argument: unknown;
}

it('Nashorn gives what V8 gives: conformance and random expressions', { timeout: 600_000 }, (context) => {
  const nashorn = findNashorn();
  if (!nashorn.ok) {
    if (process.env['CI'] === 'true') throw new Error(`cannot run Nashorn: ${nashorn.reason}`);
    reportFigure('3-nashorn', `nashorn: skipped, ${nashorn.reason}`);
    context.skip(nashorn.reason);
    return;
  }
  const cases = [...conformanceCases(), ...ownCases(), ...randomCases()];
  const { units, text } = build(cases);
  const called = cases.flatMap((one, index) => (units[index]?.ok ? [{ ...one, name: `f${index}` }] : []));
  const script = batchScript(text, called);
  const expected = runInV8(script);
  const actual = runInNashorn(nashorn.classPath, script);
  expect(actual).toHaveLength(called.length);
  const differences = called.flatMap(({ source }, index) =>
    actual[index] === expected[index] ? [] : [`${source}: Nashorn ${actual[index]}, V8 ${expected[index]}`],
  );
  reportFigure(
    '3-nashorn',
    `nashorn: ${called.length - differences.length} of ${called.length} expressions give what V8 gives`,
  );
  expect(differences).toEqual([]);
  expect(expected.filter((line) => line.startsWith('crash'))).toEqual([]);
});

function conformanceCases(): Called[] {
  return loadSuite()
    .cases.filter(({ expected }) => expected.kind !== 'type')
    .map(({ source, environment: variables, bindings }) => ({
      source,
      environment: variables,
      argument: bindings,
    }));
}

/** Functions that the conformance suite does not have. */
function ownCases(): Called[] {
  const sources = [
    'hash.sha256(s)',
    'hash.sha256(s + "é𝒳" + s)',
    'string(ip(s))',
    'isIP(s)',
    'isCIDR(s + "/8")',
    'string(cidr(s + "/20").masked())',
    'cidr("10.0.0.0/8").containsIP(s)',
    'cidr("2001:db8::/32").containsIP(s)',
    'cidr("10.0.0.0/8").containsCIDR(s + "/9")',
    'ip(s).isLoopback() || ip(s).isGlobalUnicast() || ip(s).isLinkLocalUnicast()',
    'ip.isCanonical(s)',
    'base64.encode(s)',
    'base64.decode(s)',
    'base64.decode(base64.encode(s)) == s',
    'url.encode(s)',
    'url.decode(s)',
    's.reverse()',
    's.split("").sortBy(x, -size(x))',
    's.split(":").transformMapEntry(i, x, {x: i})',
    'lists.range(5).reverse().first().orValue(0)',
    'string(timestamp(s) + duration("36h"))',
    'string(duration(s))',
  ];
  const texts = [
    '10.1.2.3',
    '127.0.0.1',
    '2001:DB8::1',
    '::ffff:1.2.3.4',
    'fe80::1%eth0',
    'aGVsbG8',
    '4pyT',
    '%E2%9C%93',
    '%ff',
    'a😀é',
    '\ud83d',
    '2026-05-01T12:00:00.123456789+02:00',
    '1h1.5s',
    '',
  ];
  const declared = { variables: { s: { kind: 'string' } } } as const;
  return sources.flatMap((source) => texts.map((s) => ({ source, environment: declared, argument: { s } })));
}

function randomCases(): Called[] {
  const random = seeded(FUZZ_SEED);
  return Array.from({ length: FUZZ_CASES }, () => ({
    source: render(randomExpression(random).node),
    environment,
    argument: randomData(random),
  }));
}
