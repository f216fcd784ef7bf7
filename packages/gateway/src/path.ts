/** The longest address of a request, in characters. */
const limitCharacters = 8_192;

const allowed = /^\/(?:[A-Za-z0-9._~!$&'()*+,=:@/-]|%[0-9A-Fa-f]{2})*$/;

/** Empty segments, `.` and `..`; and dots and spaces at the end of a segment, which Windows takes away. */
const moved = /\/\/|(?:\.|%20)(?:\/|$)/;

/** Escaped: letters, digits, `-._~`, which need no escape; controls; and `/ \ % ; ? #`, which some servers decode. */
const disguised = /%(?:[01][0-9A-F]|2[DEF]|2[35]|3[0-9BF]|4[1-9A-F]|5[0-9ACF]|6[1-9A-F]|7[0-9AEF])/i;

/**
 * The path of a request's address, if every server reads it the same way.
 *
 * Gateways and services differ in what they make of `//`, `/../`, `%2e`, `%2f`, `;` and the like. Whoever writes a path in
 * such a way could be checked for one route and reach another.
 *
 * @returns undefined if servers may differ
 */
export function plainPath(address: string): string | undefined {
  if (address.length > limitCharacters) return undefined;
  const query = address.indexOf('?');
  const path = query === -1 ? address : address.slice(0, query);
  if (!allowed.test(path) || moved.test(path)) return undefined;
  if (!path.includes('%')) return path;
  return disguised.test(path) || !isUtf8(path) ? undefined : path;
}

/** A plain path as a service may compare it: decoded, in lower case, and other forms of the same characters as one. */
export function folded(path: string): string {
  return decodeURIComponent(path).normalize('NFKC').toLowerCase();
}

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
