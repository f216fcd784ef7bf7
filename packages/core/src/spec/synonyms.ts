import { suggest } from '@claimsmith/cel';

/** Other tools' names for our keys. */
const keys: Readonly<Record<string, readonly string[]>> = {
  value: ['expr', 'expression', 'cel', 'from', 'source', 'claim_value'],
  const: ['constant', 'literal', 'fixed'],
  kind: ['type', 'class'],
  when: ['if', 'condition', 'only_if', 'onlyif'],
  onMissing: ['default', 'fallback', 'required', 'optional', 'missing', 'on_error', 'onerror'],
  tokens: ['token', 'in', 'include_in'],
  maxAge: ['freshness', 'ttl', 'max_age'],
  reason: ['error', 'message', 'code'],
  grant: ['allow', 'rule', 'permit', 'require'],
  access: ['access_token', 'accesstoken'],
  cache: ['ttl', 'cache_ttl'],
  returns: ['fields', 'schema', 'response'],
  url: ['uri', 'endpoint', 'href', 'address'],
  query: ['statement', 'select'],
  connection: ['dsn', 'database'],
  sources: ['stores', 'datasources', 'attribute_sources'],
  issuers: ['providers', 'targets', 'idps'],
};

/** Our key for another tool's name. */
export function synonymOf(key: string, siblings: readonly string[]): string | undefined {
  const word = key.toLowerCase().replaceAll('-', '_');
  return siblings.find((ours) => keys[ours]?.includes(word));
}

const types: Readonly<Record<string, string>> = {
  str: 'string',
  text: 'string',
  varchar: 'string',
  uuid: 'string',
  date: 'string',
  datetime: 'string',
  timestamp: 'string',
  boolean: 'bool',
  integer: 'int',
  long: 'int',
  number: 'double',
  float: 'double',
  decimal: 'double',
  any: 'dyn',
  object: 'map(dyn)',
  map: 'map(dyn)',
  dict: 'map(dyn)',
  json: 'dyn',
  list: 'list(string)',
  array: 'list(string)',
};

/** The declared type for another language's notation: `str`, `string[]`, `array(number)`. */
export function typeMeant(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  const [, element] =
    /^(?:list|array|set)\s*[<([]\s*(.+?)\s*[>)\]]$/.exec(word) ?? /^(.+)\[\]$/.exec(word) ?? [];
  if (element !== undefined) {
    const inner = types[element] ?? (/^(?:string|bool|int|double|dyn)$/.test(element) ? element : undefined);
    return inner === undefined ? typeSpelt(word) : `list(${inner})`;
  }
  // A comma ends a value in a YAML mapping on one line.
  if (/^enum\([^)]*$/.test(word)) return `'${text.trim()}, …)'`;
  return types[word] ?? typeSpelt(word);
}

const typeWords = ['string', 'bool', 'int', 'double', 'dyn', 'list', 'map'];

/** A type with its words spelt right: `lits(stirng)`. */
function typeSpelt(text: string): string | undefined {
  const spelt = text.replace(/[a-z]+/g, (word) =>
    typeWords.includes(word) ? word : (suggest(word, typeWords) ?? '?'),
  );
  return /^(?:(?:list|map)\()*(?:string|bool|int|double|dyn)\)*$/.test(spelt) ? spelt : undefined;
}

/** The duration for another notation: `10 minutes`, `1min`. */
export function durationMeant(text: string): string | undefined {
  const [, count, unit = ''] = /^(\d{1,6})\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const ours = ['ms', 's', 'm', 'h', 'd'].find((letter) => unitNames[letter]?.test(unit));
  return count === undefined || ours === undefined ? undefined : `${Number(count)}${ours}`;
}

const unitNames: Readonly<Record<string, RegExp>> = {
  ms: /^(?:ms|msecs?|millis|milliseconds?)$/i,
  s: /^(?:s|secs?|seconds?)$/i,
  m: /^(?:m|mins?|minutes?)$/i,
  h: /^(?:h|hrs?|hours?)$/i,
  d: /^(?:d|days?)$/i,
};
