/**
 * The 16-bit groups of an IP address: two for version 4, eight for version 6; undefined if it is no address. As for
 * Kubernetes, an address has no zone, no leading zeros in version 4, and no version 4 mapped into version 6.
 * @type {(text: string) => number[] | undefined}
 */
function groupsIn(text) {
  if (text.length > 45) return undefined;
  if (text.indexOf(':') < 0) return groupsOf4(text);
  var last = /^(.*:)([0-9.]+)$/.exec(text);
  var mixed = last && last[2].indexOf('.') >= 0 ? groupsOf4(last[2]) : [];
  if (!mixed) return undefined;
  var rest = last && mixed.length > 0 ? last[1] + mixed[0].toString(16) + ':' + mixed[1].toString(16) : text;
  var halves = rest.split('::');
  if (halves.length > 2 || !/^[0-9a-fA-F:]+$/.test(rest)) return undefined;
  var head = halves[0] === '' && halves.length > 1 ? [] : halves[0].split(':');
  var tail = halves.length < 2 || halves[1] === '' ? [] : halves[1].split(':');
  var missing = 8 - head.length - tail.length;
  if (halves.length < 2 ? missing !== 0 : missing < 1) return undefined;
  for (; missing > 0; missing--) head.push('0');
  var groups = [];
  var all = head.concat(tail);
  for (var i = 0; i < 8; i++) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(all[i])) return undefined;
    groups.push(parseInt(all[i], 16));
  }
  var isMapped = groups[5] === 65535 && groups.slice(0, 5).join('') === '00000';
  return isMapped ? undefined : groups;
}

/** @type {(text: string) => number[] | undefined} */
function groupsOf4(text) {
  var bytes = /^(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})$/.exec(
    text
  );
  if (!bytes) return undefined;
  for (var i = 1; i < 5; i++) if (Number(bytes[i]) > 255) return undefined;
  return [Number(bytes[1]) * 256 + Number(bytes[2]), Number(bytes[3]) * 256 + Number(bytes[4])];
}

/**
 * Version 6 in lower case, with the first of its longest runs of zeros left out.
 * @type {(groups: number[]) => string}
 */
function addressText(groups) {
  if (groups.length === 2)
    return [groups[0] >> 8, groups[0] & 255, groups[1] >> 8, groups[1] & 255].join('.');
  var from = -1;
  var longest = 1;
  for (var i = 0; i < 8; i++) {
    var end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > longest) {
      longest = end - i;
      from = i;
    }
  }
  var texts = groups.map(function (group) {
    return group.toString(16);
  });
  if (from < 0) return texts.join(':');
  return texts.slice(0, from).join(':') + '::' + texts.slice(from + longest).join(':');
}

/** @type {(groups: number[]) => Opaque} */
function addressOf(groups) {
  return new Opaque('ip', addressText(groups), groups.length === 2 ? 4 : 6, groups);
}

/** @type {(groups: number[], bits: number) => Opaque} */
function networkOf(groups, bits) {
  return new Opaque('cidr', addressText(groups) + '/' + bits, bits, groups);
}

/** @type {(text: string, at: number) => Opaque} */
function addressFrom(text, at) {
  var groups = groupsIn(text);
  return groups ? addressOf(groups) : fail('conversion', at);
}

/** @type {(text: string) => Opaque | undefined} */
function networkIn(text) {
  var parts = text.length > 49 ? null : /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text);
  var groups = parts ? groupsIn(parts[1]) : undefined;
  if (!parts || !groups || Number(parts[2]) > groups.length * 16) return undefined;
  return networkOf(groups, Number(parts[2]));
}

/** @type {(text: string, at: number) => Opaque} */
function networkFrom(text, at) {
  return networkIn(text) || fail('conversion', at);
}

/** @type {(text: string) => boolean} */
function isAddress(text) {
  return groupsIn(text) !== undefined;
}

/** @type {(text: string) => boolean} */
function isNetwork(text) {
  return networkIn(text) !== undefined;
}

/** @type {(text: string, at: number) => boolean} */
function isCanonical(text, at) {
  return addressFrom(text, at).value === text;
}

/** @type {(value: Value, at: number) => Opaque} */
function ip(value, at) {
  return opaque(value, 'ip', at);
}

/** @type {(value: Value, at: number) => Opaque} */
function cidr(value, at) {
  return opaque(value, 'cidr', at);
}

/** @type {(a: number[], b: number[], bits: number) => boolean} */
function beginsAlike(a, b, bits) {
  if (a.length !== b.length) return false;
  for (var i = 0; i * 16 < bits; i++) {
    var shift = Math.max(0, 16 - (bits - i * 16));
    if (a[i] >> shift !== b[i] >> shift) return false;
  }
  return true;
}

/** @type {(network: Opaque, address: Opaque) => boolean} */
function containsAddress(network, address) {
  return beginsAlike(network.groups, address.groups, network.rest);
}

/** @type {(network: Opaque, text: string, at: number) => boolean} */
function containsAddressText(network, text, at) {
  return containsAddress(network, addressFrom(text, at));
}

/** @type {(network: Opaque, value: Value, at: number) => boolean} */
function containsAddressAny(network, value, at) {
  return containsAddress(network, typeof value === 'string' ? addressFrom(value, at) : ip(value, at));
}

/** @type {(network: Opaque, inner: Opaque) => boolean} */
function containsNetwork(network, inner) {
  return network.rest <= inner.rest && beginsAlike(network.groups, inner.groups, network.rest);
}

/** @type {(network: Opaque, text: string, at: number) => boolean} */
function containsNetworkText(network, text, at) {
  return containsNetwork(network, networkFrom(text, at));
}

/** @type {(network: Opaque, value: Value, at: number) => boolean} */
function containsNetworkAny(network, value, at) {
  return containsNetwork(network, typeof value === 'string' ? networkFrom(value, at) : cidr(value, at));
}

/** @type {(network: Opaque) => Opaque} */
function masked(network) {
  var groups = network.groups.map(function (group, i) {
    var shift = Math.min(16, Math.max(0, 16 - (network.rest - i * 16)));
    return (group >> shift) << shift;
  });
  return networkOf(groups, network.rest);
}

/** @type {(address: Opaque) => boolean} */
function isUnspecified(address) {
  return address.value === '0.0.0.0' || address.value === '::';
}

/** @type {(address: Opaque) => boolean} */
function isLoopback(address) {
  return address.value === '::1' || (address.rest === 4 && address.groups[0] >> 8 === 127);
}

/** @type {(address: Opaque) => boolean} */
function isLinkLocalMulticast(address) {
  return address.rest === 4
    ? address.groups[0] === 57344 && address.groups[1] >> 8 === 0
    : (address.groups[0] & 0xff0f) === 0xff02;
}

/** @type {(address: Opaque) => boolean} */
function isLinkLocalUnicast(address) {
  return address.rest === 4 ? address.groups[0] === 43518 : address.groups[0] >> 6 === 1018;
}

/** @type {(address: Opaque) => boolean} */
function isGlobalUnicast(address) {
  var first = address.groups[0];
  var isMulticast = address.rest === 4 ? first >> 12 === 14 : first >> 8 === 255;
  return !(
    isMulticast ||
    isUnspecified(address) ||
    isLoopback(address) ||
    isLinkLocalUnicast(address) ||
    address.value === '255.255.255.255'
  );
}
