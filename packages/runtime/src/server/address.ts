import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where a source may be.
 * - `public`: only on the internet
 * - `loopback`: only on this machine; allowed if the spec itself writes such an address
 * - `private`: on the internet, private networks or this machine
 */
export type Reach = 'public' | 'loopback' | 'private';

/** The code of the error with which a connection is refused before it is made. */
export const forbiddenAddress = 'ERR_FORBIDDEN_ADDRESS';

const subnets = (family: 'ipv4' | 'ipv6', ...list: readonly `${string}/${number}`[]): BlockList => {
  const block = new BlockList();
  for (const subnet of list) {
    const [network = '', prefix] = subnet.split('/');
    block.addSubnet(network, Number(prefix), family);
  }
  return block;
};

const loopback4 = subnets('ipv4', '127.0.0.0/8');
const private4 = subnets('ipv4', '10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16');
/** @see https://www.iana.org/assignments/iana-ipv4-special-registry (what of it is not globally reachable) */
const special4 = subnets(
  'ipv4',
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
);
/** Addresses outside the link-local network at which clouds give a machine its credentials. They are never sources. */
const metadata4 = subnets('ipv4', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32');
const metadata6 = subnets('ipv6', 'fd00:ec2::254/128', 'fd20:ce::254/128');

const loopback6 = subnets('ipv6', '::1/128');
const private6 = subnets('ipv6', 'fc00::/7');
/** All that is handed out as global unicast. */
const global6 = subnets('ipv6', '2000::/3');
/** Ranges in it that cannot be reached, or that are another notation of IPv4 addresses. */
const special6 = subnets('ipv6', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20');
const nat64 = subnets('ipv6', '64:ff9b::/96');
const mapped4 = subnets('ipv6', '::ffff:0:0/96');

/** Whether an address, in numbers, may be connected to. A text that is not an address may not. */
export function mayReach(address: string, reach: Reach): boolean {
  switch (isIP(address)) {
    case 4:
      return mayReach4(address, reach);
    case 6:
      return mayReach6(address, reach);
    default:
      return false;
  }
}

function mayReach4(address: string, reach: Reach): boolean {
  if (loopback4.check(address)) return reach !== 'public';
  if (reach === 'loopback' || special4.check(address) || metadata4.check(address)) return false;
  return reach === 'private' || !private4.check(address);
}

function mayReach6(address: string, reach: Reach): boolean {
  // A zone names an interface of this machine: link-local.
  if (address.includes('%')) return false;
  // The same host by another name, so the same answer.
  if (mapped4.check(address, 'ipv6') || nat64.check(address, 'ipv6')) return mayReach4(last4(address), reach);
  if (loopback6.check(address, 'ipv6')) return reach !== 'public';
  if (reach === 'loopback' || metadata6.check(address, 'ipv6')) return false;
  if (private6.check(address, 'ipv6')) return reach === 'private';
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}

/** The IPv4 address in the last 32 bits, whichever way it is written. */
function last4(address: string): string {
  // The URL parser writes every form of an IPv6 address the same way: hexadecimal groups.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Resolves names for a connection, and returns only allowed addresses. The connection uses the addresses that were
 * checked, so a name that changes its address in between has no effect.
 */
export function guardedLookup(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const reachable = found.filter(({ address }) => mayReach(address, reach));
      const [first] = reachable;
      if (first === undefined) return callback(refusal(), '');
      if (options.all) return callback(null, reachable);
      callback(null, first.address, first.family);
    });
  };
}

function refusal(): NodeJS.ErrnoException {
  return Object.assign(new Error('this address must not be reached'), { code: forbiddenAddress });
}
