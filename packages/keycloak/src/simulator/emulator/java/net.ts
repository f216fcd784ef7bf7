/** Addresses: `java.net`. */
import { isIP } from 'node:net';
import { javaArray } from './collections.ts';
import { JavaException, javaObject, javaText, textOf } from './objects.ts';

export function uriModel(address: string): object {
  // Java does not accept spaces or quotes in an address, or hosts with an underscore.
  if (!URL.canParse(address) || /[\s"<>\\^`{|}]/.test(address)) {
    throw new JavaException('java.net.URISyntaxException');
  }
  const { protocol, hostname, port, username, password } = new URL(address);
  const userInfo = [username, password].filter((part) => part !== '').join(':');
  return javaObject('URI', {
    getScheme: () => javaText(protocol.slice(0, -1)),
    getPort: () => (port === '' ? -1 : Number(port)),
    getHost: () => javaText(hostname === '' || hostname.includes('_') ? null : hostname),
    getUserInfo: () => javaText(userInfo === '' ? null : userInfo),
  });
}

/** An address on the internet, for every name except this machine's own. */
const anywhere = '8.8.8.8';

export function getAllByName(name: unknown): object {
  const host = textOf(name).replace(/^\[(.*)\]$/, '$1');
  const address = isIP(host) !== 0 ? host : host.toLowerCase() === 'localhost' ? '127.0.0.1' : anywhere;
  const bytes = javaArray(bytesOfAddress(address).map((byte) => (byte > 127 ? byte - 256 : byte)));
  return javaArray([javaObject('InetAddress', { getAddress: () => bytes })]);
}

/** Java reads an IPv4 address that is mapped to IPv6 as what it is. */
function bytesOfAddress(address: string): readonly number[] {
  if (isIP(address) === 4) return address.split('.').map(Number);
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = groups.split('::');
  const parts = (text: string) => text.split(':').filter((part) => part !== '');
  const before = parts(head);
  const after = parts(tail ?? '');
  const between = Array<string>(tail === undefined ? 0 : 8 - before.length - after.length).fill('0');
  const bytes = [...before, ...between, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  const isMapped = bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255));
  return isMapped ? bytes.slice(12) : bytes;
}
