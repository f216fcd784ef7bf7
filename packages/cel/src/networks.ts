/** The 16-bit groups of a constant IP address; undefined for anything that fails when an expression is evaluated. */
export function parseIp(text: string): readonly number[] | undefined {
  const bytes = text.split('.');
  if (!text.includes(':')) return bytes.length === 4 ? groupsOf4(bytes) : undefined;
  const at = text.lastIndexOf(':') + 1;
  const mixed = text.slice(at).includes('.') ? groupsOf4(text.slice(at).split('.')) : [];
  if (mixed === undefined) return undefined;
  const hex = mixed.map((group) => group.toString(16)).join(':');
  const halves = (mixed.length === 0 ? text : text.slice(0, at) + hex).split('::');
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  const isWhole = halves.length === 1 ? missing === 0 : halves.length === 2 && missing > 0;
  const all = [...head, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...tail];
  if (!isWhole || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const groups = all.map((group) => Number.parseInt(group, 16));
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? undefined : groups;
}

function groupsOf4(bytes: readonly string[]): readonly number[] | undefined {
  if (!bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
  return bytes.length === 4 ? [a * 256 + b, c * 256 + d] : undefined;
}

/** A constant network such as `10.0.0.0/8`. */
export function parseCidr(
  text: string,
): { readonly groups: readonly number[]; readonly bits: number } | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  const groups = parseIp(address);
  if (groups === undefined || more.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const bits = Number(length);
  return bits > groups.length * 16 ? undefined : { groups, bits };
}

/** Why a text is not an address or a network, for common mistakes. */
export function addressHelp(text: string, isNetwork: boolean): string {
  const [address = '', ...more] = text.split('/');
  if (address.includes('%')) return 'leave the zone (%…) out: it means something on one machine only';
  if (/^::ffff:/i.test(address)) return 'write the IPv4 address: an address has one way to be written';
  if (/(?:^|\.)0\d/.test(address)) return 'leave leading zeros out: some programs read them as octal';
  if (isNetwork && more.length === 0 && parseIp(address) !== undefined)
    return `write the length too: "${address}/${address.includes(':') ? 128 : 32}"`;
  return isNetwork
    ? 'write a network such as "10.0.0.0/8" or "2001:db8::/32"'
    : 'write an address such as "10.1.2.3" or "2001:db8::1"';
}
