import { helperCall } from './generate/helpers.ts';
import { property } from './generate/js.ts';
import { addressHelp, parseCidr, parseIp } from './networks.ts';
import { type Constants, type FunctionDeclaration, partial, reader, total, unary } from './overloads.ts';

const ADDRESSES: Constants = {
  fold: (value) => {
    const groups = typeof value === 'string' ? parseIp(value) : undefined;
    return groups && `addressOf([${groups.join(', ')}])`;
  },
  help: (value) => addressHelp(String(value), false),
};

const NETWORKS: Constants = {
  fold: (value) => {
    const network = typeof value === 'string' ? parseCidr(value) : undefined;
    return network && `networkOf([${network.groups.join(', ')}], ${network.bits})`;
  },
  help: (value) => addressHelp(String(value), true),
};

const rest = unary((value) => property(value, 'rest'));

function ofAddress(
  name: 'isUnspecified' | 'isLoopback' | 'isLinkLocalMulticast' | 'isLinkLocalUnicast' | 'isGlobalUnicast',
  summary: string,
): FunctionDeclaration {
  return { name, summary, overloads: [total(`ip.${name}() -> bool`, name)] };
}

/** Functions of IP addresses and networks, with the names and the meaning that Kubernetes gives them. */
export const NETWORK_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'ip',
    summary:
      'An IP address, from text; or the address of a network as it is written. Zones, leading zeros and IPv4 mapped into IPv6 are errors.',
    overloads: [
      reader('ip(string) -> ip', 'addressFrom', ADDRESSES),
      total(
        'cidr.ip() -> ip',
        unary((network, site) => helperCall(site, 'addressOf', [property(network, 'groups')])),
      ),
    ],
  },
  {
    name: 'cidr',
    summary: 'A network, from text such as "10.0.0.0/8".',
    overloads: [reader('cidr(string) -> cidr', 'networkFrom', NETWORKS)],
  },
  {
    name: 'isIP',
    summary: 'Whether a text is an address that `ip` reads.',
    overloads: [total('isIP(string) -> bool', 'isAddress')],
  },
  {
    name: 'isCIDR',
    summary: 'Whether a text is a network that `cidr` reads.',
    overloads: [total('isCIDR(string) -> bool', 'isNetwork')],
  },
  {
    name: 'ip.isCanonical',
    summary:
      'Whether an address is written in the one way that `string(ip(…))` gives; an error if it is none.',
    overloads: [partial('ip.isCanonical(string) -> bool', 'isCanonical')],
  },
  {
    name: 'containsIP',
    summary: 'Whether an address is in the network; one of another version is not.',
    overloads: [
      total('cidr.containsIP(ip) -> bool', 'containsAddress'),
      partial('cidr.containsIP(string) -> bool', 'containsAddressText'),
    ],
    dynamic: 'containsAddressAny',
  },
  {
    name: 'containsCIDR',
    summary: 'Whether a network is part of the network, or equal to it.',
    overloads: [
      total('cidr.containsCIDR(cidr) -> bool', 'containsNetwork'),
      partial('cidr.containsCIDR(string) -> bool', 'containsNetworkText'),
    ],
    dynamic: 'containsNetworkAny',
  },
  {
    name: 'masked',
    summary: 'The network with an address whose other bits are 0.',
    overloads: [total('cidr.masked() -> cidr', 'masked')],
  },
  {
    name: 'prefixLength',
    summary: 'The length of the network: 8 for "10.0.0.0/8".',
    overloads: [total('cidr.prefixLength() -> int', rest)],
  },
  {
    name: 'family',
    summary: 'The version of the address: 4 or 6.',
    overloads: [total('ip.family() -> int', rest)],
  },
  ofAddress('isUnspecified', 'Whether the address is 0.0.0.0 or ::.'),
  ofAddress('isLoopback', 'Whether the address is of 127.0.0.0/8, or ::1.'),
  ofAddress('isLinkLocalMulticast', 'Whether the address is of 224.0.0.0/24 or ff02::/16.'),
  ofAddress('isLinkLocalUnicast', 'Whether the address is of 169.254.0.0/16 or fe80::/10.'),
  ofAddress(
    'isGlobalUnicast',
    'Whether the address is of one machine beyond the link; private addresses such as 10.1.2.3 are too.',
  ),
];
