import { lookup } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forbiddenAddress, guardedLookup, mayReach } from './address.ts';

const everyReach = ['public', 'loopback', 'private'] as const;

describe('an address', () => {
  it.each([
    ['93.184.216.34', ['public', 'private']],
    ['2606:2800:220:1:248:1893:25c8:1946', ['public', 'private']],
    ['::ffff:93.184.216.34', ['public', 'private']],
    ['64:ff9b::5db8:d822', ['public', 'private']],
    ['10.1.2.3', ['private']],
    ['172.31.255.255', ['private']],
    ['172.32.0.0', ['public', 'private']],
    ['192.168.1.1', ['private']],
    ['100.64.0.1', ['private']],
    ['fd12:3456::1', ['private']],
    ['::ffff:10.1.2.3', ['private']],
    ['64:ff9b::a01:203', ['private']],
    ['127.0.0.1', ['loopback', 'private']],
    ['127.255.255.254', ['loopback', 'private']],
    ['::1', ['loopback', 'private']],
    ['0:0:0:0:0:0:0:1', ['loopback', 'private']],
    ['::ffff:127.0.0.1', ['loopback', 'private']],
    ['::ffff:7f00:1', ['loopback', 'private']],
    ['169.254.169.254', []],
    ['::ffff:169.254.169.254', []],
    ['64:ff9b::a9fe:a9fe', []],
    ['fd00:ec2::254', []],
    ['100.100.100.200', []],
    ['168.63.129.16', []],
    ['169.254.0.1', []],
    ['fe80::1', []],
    ['fe80::1%lo', []],
    ['::1%lo', []],
    ['0.0.0.0', []],
    ['::', []],
    ['224.0.0.1', []],
    ['ff02::1', []],
    ['255.255.255.255', []],
    ['240.0.0.1', []],
    ['192.0.2.1', []],
    ['198.18.0.1', []],
    ['2001:db8::1', []],
    ['2002:7f00:1::', []],
    ['2001::1', []],
    ['fec0::1', []],
    ['::127.0.0.1', []],
    ['::ffff:0:127.0.0.1', []],
    ['64:ff9b:1::7f00:1', []],
    ['localhost', []],
    ['', []],
    ['0x7f.1', []],
  ])('%s is reached by %j alone', (address, reached) => {
    expect(everyReach.filter((reach) => mayReach(address, reach))).toEqual(reached);
  });

  it('is judged alike in every way to write an IPv4 address in IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(...everyReach), (address, reach) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const groups = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        const judged = mayReach(address, reach);
        for (const other of [
          `::ffff:${address}`,
          `::ffff:${groups}`,
          `0:0:0:0:0:ffff:${groups}`,
          `64:ff9b::${address}`,
        ]) {
          expect(mayReach(other, reach), other).toBe(judged);
        }
      }),
    );
  });

  it('that the public may reach, a private source may too, unless it is this machine', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        if (mayReach(address, 'public')) expect(mayReach(address, 'private')).toBe(true);
        expect(mayReach(address, 'public') && mayReach(address, 'loopback')).toBe(false);
      }),
    );
  });
});

describe('the lookup of a connection', () => {
  const find = (reach: (typeof everyReach)[number], all: boolean) =>
    new Promise((resolve) =>
      guardedLookup(reach)('localhost', { all }, (error, address) => resolve(error?.code ?? address)),
    );

  it('refuses a name whose addresses may not be reached', async () => {
    expect(await find('public', true)).toBe(forbiddenAddress);
    expect(await find('public', false)).toBe(forbiddenAddress);
  });

  it('gives what may be reached, one or all as asked', async () => {
    const expected = await new Promise((resolve) =>
      lookup('localhost', { all: true }, (_error, found) => resolve(found)),
    );
    expect(await find('loopback', true)).toEqual(expected);
    expect(await find('loopback', false)).toMatch(/^(127\.0\.0\.1|::1)$/);
  });

  it('tells a name that does not exist', async () => {
    const code = await new Promise((resolve) =>
      guardedLookup('public')('nowhere.invalid', { all: true }, (error) => resolve(error?.code)),
    );
    expect(code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });
});
