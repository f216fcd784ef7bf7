import { oneOf, type Random } from '../fuzz/random.ts';

/** The types that bodies are made of: a text, a number, a truth value, lists, a map, and JSON of any shape. */
type Kind = 'text' | 'int' | 'double' | 'bool' | 'texts' | 'lists' | 'map' | 'any';

/** Each form of the language by what it gives; `$text` and the like stand for a part of that kind. */
export const FORMS: readonly (readonly [Kind, string])[] = [
  ['bool', '$text == $text'],
  ['bool', '$texts == $texts'],
  ['bool', '$lists == $lists'],
  ['bool', '$map == $map'],
  ['bool', '$any == $any'],
  ['bool', '$text < $text'],
  ['bool', '$any > $any'],
  ['bool', '$text in $texts'],
  ['bool', '$texts in $lists'],
  ['bool', '$text in $map'],
  ['bool', '$any in $any'],
  ['text', '$text + $text'],
  ['texts', '$texts + $texts'],
  ['any', '$any + $any'],
  ['double', '$double * $double'],
  ['text', '$texts[$int]'],
  ['text', '$map[$text]'],
  ['any', '$any[$text]'],
  ['any', '$any.b'],
  ['any', '$any.?b.orValue(1.0)'],
  ['int', 'size($text)'],
  ['int', 'size($texts)'],
  ['int', 'size($map)'],
  ['int', 'size($any)'],
  ['int', 'int($text)'],
  ['double', 'double($text)'],
  ['text', 'string($double)'],
  ['bool', 'bool($text)'],
  ['bool', '$text.startsWith($text)'],
  ['bool', '$text.endsWith($text)'],
  ['bool', '$text.contains($text)'],
  ['text', '$text.lowerAscii()'],
  ['text', '$text.upperAscii()'],
  ['text', '$text.trim()'],
  ['text', '$text.charAt($int)'],
  ['int', '$text.indexOf($text)'],
  ['int', '$text.indexOf($text, $int)'],
  ['int', '$text.lastIndexOf($text)'],
  ['int', '$text.lastIndexOf($text, $int)'],
  ['text', '$text.substring($int)'],
  ['text', '$text.substring($int, size($text))'],
  ['text', '$text.replace($text, $text)'],
  ['text', '$text.replace($text, $text, $int)'],
  ['texts', '$text.split($text)'],
  ['texts', '$text.split($text, $int)'],
  ['text', '$texts.join()'],
  ['text', '$texts.join($text)'],
  ['text', '$text.extract("a{x}b")'],
  ['text', '$text.extract($text)'],
  ['bool', '$text.glob($text)'],
  ['bool', '$text.glob("*a*b?")'],
  ['text', 'email.domain($text + "@" + $text)'],
  ['text', 'email.local($text)'],
  ['texts', '$texts.only($texts)'],
  ['texts', '$texts.onlyMatching($text)'],
  ['texts', '$texts.distinct()'],
  ['lists', '$lists.distinct()'],
  ['texts', '$texts.sort()'],
  ['texts', '$lists.flatten()'],
  ['any', '$any.flatten(3)'],
  ['texts', '$texts.slice(0, $int)'],
  ['bool', 'sets.contains($texts, $texts)'],
  ['bool', 'sets.equivalent($texts, $texts)'],
  ['bool', 'sets.intersects($lists, $lists)'],
  ['any', 'optional.ofNonZeroValue($map).orValue({})'],
  ['bool', '$texts.exists(v, $bool || $text == v)'],
  ['bool', '$texts.all(v, int(v) > $int || $bool)'],
  ['bool', '$map.exists(v, $map[v] == $text)'],
  ['texts', '$texts.filter(v, $bool)'],
  ['texts', '$texts.map(v, $text + v)'],
  ['lists', '$lists.map(v, v + $texts)'],
  ['any', '$any.map(v, [v, $any])'],
  ['any', '{$text: $any, "k": $text}'],
  ['any', '[$any, $text]'],
  ['bool', '$bool && $any.b == $any'],
  ['text', '$bool ? $text : $text'],
  ['text', '$text.reverse()'],
  ['texts', '$texts.reverse()'],
  ['text', '$texts.first().orValue("a")'],
  ['text', '$texts.last().orValue("a")'],
  ['text', 'base64.encode($text)'],
  ['text', 'base64.decode($text)'],
  ['text', 'hash.sha256($text)'],
  ['text', 'hash.hmac("${KEY}", $text)'],
  ['text', 'url.encode($text)'],
  ['text', 'url.decode($text)'],
  ['texts', '$texts.sortBy(v, v)'],
  ['texts', '$texts.sortBy(v, $int)'],
  ['texts', '$texts.transformList(i, v, v + $text)'],
  ['bool', '$texts.exists(i, v, $text == v && i > 5)'],
  ['map', '$texts.transformMapEntry(i, v, {v + string(i): $text})'],
  ['map', '$map.transformMap(k, v, v + k)'],
  ['bool', '$map.all(k, v, v == $text)'],
  ['any', '$any.transformList(k, v, [v, $any])'],
  ['int', 'math.greatest($int, size($texts))'],
  ['int', 'math.least($texts.map(v, size(v)))'],
  ['double', 'math.round($double)'],
  ['int', 'lists.range($int * 500).size()'],
  ['text', 'string(timestamp($text))'],
  ['bool', 'duration($text) > duration("1s")'],
  ['bool', 'timestamp($text).getFullYear() > 1'],
  ['bool', 'isIP($text)'],
  ['bool', 'isCIDR($text)'],
  ['bool', 'ip.isCanonical($text)'],
  ['text', 'string(ip($text))'],
  ['bool', 'cidr($text).containsCIDR($text)'],
  ['bool', 'cidr($text).containsIP($text)'],
];

/** What the host gives, and what the loops around a body bind: `x` and `y`. */
const LEAVES: Readonly<Record<Kind, readonly string[]>> = {
  text: ['s', 't', 'x', 'y', 'x', 'y', '"a"', '""', '"ab"'],
  int: ['0', '1', 'size(x)', '9'],
  double: ['n', '1.5'],
  bool: ['b', 'true', 'false', 'x == y'],
  texts: ['l', 'r', '[x, y]', '[s]'],
  lists: ['m', '[l, r]'],
  map: ['o'],
  any: ['d', 'dyn(l)', 'dyn(x)', 'dyn(o)'],
};

/** An expression of that kind. */
function part(random: Random, kind: Kind, depth: number): string {
  const forms = FORMS.filter(([gives]) => gives === kind || (kind === 'any' && random.chance(0.1)));
  if (depth === 0 || forms.length === 0 || random.chance(0.3)) {
    const leaf = oneOf(random, LEAVES[kind]);
    return /^[\w."(), [\]]+$/.test(leaf) ? leaf : `(${leaf})`;
  }
  return `(${filled(random, oneOf(random, forms)[1], depth - 1)})`;
}

function filled(random: Random, form: string, depth: number): string {
  return form.replace(/\$(text|int|double|bool|texts|lists|map|any)\b/g, (_, kind: Kind) =>
    part(random, kind, depth),
  );
}

/** A form of the language with parts of its own, inside up to two loops over the lists that are read. */
export function randomExpression(random: Random, form: number, depth: number): string {
  const body = filled(random, FORMS[form % FORMS.length]?.[1] ?? '', depth);
  const value = `size([${body}]) == 0`;
  return oneOf(random, [
    `l.exists(x, r.exists(y, ${value}))`,
    `l.exists(x, l.all(y, ${value}) || x == "")`,
    `l.exists(x, cel.bind(y, x, ${value}))`,
    `l.map(x, cel.bind(y, t, ${body}))`,
    `m.map(z, z.map(x, cel.bind(y, s, ${body})))`,
    `cel.bind(x, s, cel.bind(y, t, ${body}))`,
    `cel.bind(x, s + s, cel.bind(y, x + x, [${body}, ${body}]))`,
  ]);
}
