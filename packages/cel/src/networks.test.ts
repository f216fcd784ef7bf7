import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../test/support/program.ts';
import { compile, type Environment } from './index.ts';
import { parseCidr, parseIp } from './networks.ts';

const environment: Environment = {
  variables: { s: { kind: 'string' }, t: { kind: 'string' }, any: { kind: 'dyn' } },
};

function unitOf(source: string) {
  const [unit] = build([{ source, environment }]).units;
  if (!unit?.ok) throw new Error(`${source}: ${unit?.problems.map(({ message }) => message).join('; ')}`);
  return (variables: Readonly<Record<string, unknown>>): unknown => {
    const outcome = unit.run(variables);
    if (outcome.kind === 'crash') throw outcome.thrown;
    return outcome.kind === 'error' ? outcome.code : outcome.value;
  };
}

const evaluate = (source: string, variables: Readonly<Record<string, unknown>> = {}) =>
  unitOf(source)(variables);

const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended());
/** Addresses with a few characters changed. */
const almost = fc
  .tuple(
    fc.oneof(fc.ipV4(), fc.ipV6()),
    fc.nat(40),
    fc.constantFrom('', ':', '.', '0', 'f', 'g', '%1', '/', '::', '-', ' '),
  )
  .map(([text, at, by]) => text.slice(0, at) + by + text.slice(at + (by === '' ? 1 : 0)));

describe('addresses', () => {
  it('are those of Node, without zones and without IPv4 mapped into IPv6', () => {
    const read = unitOf('string(ip(s))');
    const test = unitOf('isIP(s)');
    fc.assert(
      fc.property(fc.oneof(address, almost), (s) => {
        const isMapped =
          isIPv6(s) && new URL(`http://[${s.replace(/%.*/, '')}]`).hostname.startsWith('[::ffff:');
        const isAddress = (isIPv4(s) || isIPv6(s)) && !s.includes('%') && !isMapped;
        expect(test({ s })).toBe(isAddress);
        expect(parseIp(s) !== undefined).toBe(isAddress);
        // URLs have the text of RFC 5952.
        const canonical = isIPv6(s) && isAddress ? new URL(`http://[${s}]`).hostname.slice(1, -1) : s;
        expect(read({ s })).toBe(isAddress ? canonical : 'conversion');
        if (isAddress) expect(evaluate(`string(ip(${JSON.stringify(s)}))`)).toBe(canonical);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '010.0.0.1',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '1.2.3.4/32',
    '::ffff:1.2.3.4',
    '::ffff:0102:0304',
    '0:0:0:0:0:ffff:0:0',
    'fe80::1%eth0',
    '[::1]',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8::',
    '1:2:3:4:5:6:7',
    '12345::',
    ':1:2:3:4:5:6:7:8',
    '',
    '1'.repeat(5_000),
    ':'.repeat(45),
  ])('%j is none', (s) => {
    expect(evaluate('isIP(s)', { s })).toBe(false);
    expect(evaluate('ip(s)', { s })).toBe('conversion');
    expect(parseIp(s)).toBeUndefined();
  });

  it.each([
    ['ip("127.0.0.1").isLoopback()', true],
    ['ip("::1").isLoopback()', true],
    ['ip("128.0.0.1").isLoopback()', false],
    ['ip("0.0.0.0").isUnspecified()', true],
    ['ip("::").isUnspecified()', true],
    ['ip("224.0.0.1").isLinkLocalMulticast()', true],
    ['ip("224.0.1.1").isLinkLocalMulticast()', false],
    ['ip("ff02::1").isLinkLocalMulticast()', true],
    ['ip("ff05::1").isLinkLocalMulticast()', false],
    ['ip("169.254.1.1").isLinkLocalUnicast()', true],
    ['ip("fe80::1").isLinkLocalUnicast()', true],
    ['ip("febf::1").isLinkLocalUnicast()', true],
    ['ip("fec0::1").isLinkLocalUnicast()', false],
    ['ip("192.168.0.1").isGlobalUnicast()', true],
    ['ip("2001:db8::abcd").isGlobalUnicast()', true],
    ['ip("255.255.255.255").isGlobalUnicast()', false],
    ['ip("239.1.1.1").isGlobalUnicast()', false],
    ['ip("ff00::1").isGlobalUnicast()', false],
    ['ip("0.0.0.0").isGlobalUnicast()', false],
    ['ip("10.0.0.1").family()', 4],
    ['ip("2001:DB8::0001").family()', 6],
    ['ip("2001:DB8::0001") == ip("2001:db8::1")', true],
    ['ip("0.0.0.1") == ip("::1")', false],
    ['dyn(ip("10.0.0.1")) == dyn("10.0.0.1")', false],
    ['ip.isCanonical("2001:db8::1")', true],
    ['ip.isCanonical("2001:DB8::1")', false],
    ['ip.isCanonical(s)', 'conversion'],
    ['[ip("10.0.0.1"), dyn(cidr("10.0.0.0/8"))]', ['10.0.0.1', '10.0.0.0/8']],
    ['ip(any)', 'no_matching_overload'],
    ['dyn(ip("10.0.0.1")).value', 'no_such_key'],
  ])('%s is %j', (source, expected) => {
    expect(evaluate(source, { s: 'x', any: 1 })).toEqual(expected);
  });
});

describe('networks', () => {
  it('contain what begins with their bits', () => {
    const contains = unitOf('cidr(s).containsIP(ip(t))');
    const containsText = unitOf('cidr(s).containsIP(t)');
    const within = unitOf('cidr(s).containsCIDR(t + "/" + string(cidr(s).prefixLength()))');
    const bitsOf = (text: string) =>
      (parseIp(text) ?? []).map((group) => group.toString(2).padStart(16, '0')).join('');
    const near = fc
      .tuple(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.nat(128),
        fc.oneof(fc.constant(undefined), fc.ipV4(), fc.ipV6()),
      )
      .filter(([a, , b]) => parseIp(a) !== undefined && (b === undefined || parseIp(b) !== undefined));
    fc.assert(
      fc.property(near, ([a, length, b = a]) => {
        const bits = length % (bitsOf(a).length + 1);
        const s = `${a}/${bits}`;
        const expected =
          bitsOf(a).length === bitsOf(b).length && bitsOf(a).slice(0, bits) === bitsOf(b).slice(0, bits);
        expect(contains({ s, t: b })).toBe(expected);
        expect(containsText({ s, t: b })).toBe(expected);
        if (bitsOf(a).length === bitsOf(b).length) expect(within({ s, t: b })).toBe(expected);
        expect(evaluate('string(cidr(s).masked().ip())', { s })).toBe(
          evaluate('string(ip(s))', {
            s: maskedText(bitsOf(a).slice(0, bits).padEnd(bitsOf(a).length, '0')),
          }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
    ['cidr("10.0.0.0/8").containsIP("11.1.2.3")', false],
    ['cidr("10.0.0.0/8").containsIP("::a00:1")', false],
    ['cidr("0.0.0.0/0").containsIP("255.255.255.255")', true],
    ['cidr("10.0.0.0/8").containsIP(s)', 'conversion'],
    ['cidr("10.0.0.0/8").containsIP(any)', true],
    ['cidr("10.0.0.0/8").containsIP(dyn(ip("10.0.0.1")))', true],
    ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16")', true],
    ['cidr("10.1.0.0/16").containsCIDR(cidr("10.0.0.0/8"))', false],
    ['cidr("10.1.2.3/8").ip() == ip("10.1.2.3")', true],
    ['string(cidr("10.1.2.3/8").masked())', '10.0.0.0/8'],
    ['cidr("10.1.2.3/8") == cidr("10.0.0.0/8")', false],
    ['cidr("2001:db8::/32").prefixLength()', 32],
    ['isCIDR("10.0.0.0/33")', false],
    ['isCIDR("10.0.0.0/08")', false],
    ['isCIDR("10.0.0.0/+8")', false],
    ['isCIDR("10.0.0.0")', false],
    ['isCIDR("fe80::%1/64")', false],
    ['isCIDR("::ffff:1.2.3.0/120")', false],
    ['isCIDR("::/128")', true],
    ['cidr(s)', 'conversion'],
  ])('%s is %j', (source, expected) => {
    expect(evaluate(source, { s: 'x/8/8', any: '10.9.9.9' })).toEqual(expected);
    expect(parseCidr('x/8/8')).toBeUndefined();
  });
});

/** A text of bits as an address that `ip` reads. */
function maskedText(bits: string): string {
  const groups = bits.match(/.{16}/g)?.map((group) => Number.parseInt(group, 2)) ?? [];
  if (groups.length === 8) return groups.map((group) => group.toString(16)).join(':');
  return groups.flatMap((group) => [group >> 8, group & 255]).join('.');
}

describe('what the checker says', () => {
  it.each([
    [
      'ip("10.0.0.01")',
      'ip cannot use "10.0.0.01"; leave leading zeros out: some programs read them as octal',
    ],
    [
      'ip("fe80::1%eth0")',
      'ip cannot use "fe80::1%eth0"; leave the zone (%…) out: it means something on one machine only',
    ],
    [
      'ip("::ffff:1.2.3.4")',
      'ip cannot use "::ffff:1.2.3.4"; write the IPv4 address: an address has one way to be written',
    ],
    ['cidr("10.0.0.0")', 'cidr cannot use "10.0.0.0"; write the length too: "10.0.0.0/32"'],
    ['s in cidr("10.0.0.0/8")', 'expected list or map, found cidr; write cidr("10.0.0.0/8").containsIP(s)'],
    ['ip(s) == "10.0.0.1"', '`==` does not accept ip and string; write ip("10.0.0.1")'],
    ['s.isLoopback()', 'expected ip, found string; write ip(s)'],
  ])('%s', (source, expected) => {
    const compiled = compile(source, environment);
    if (compiled.ok) throw new Error('compiled');
    expect(compiled.problems.map(({ message, help }) => `${message}; ${help}`).join()).toBe(expected);
  });
});
