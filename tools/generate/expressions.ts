import {
  FUNCTIONS,
  LIST_SIZE_HINT,
  MAX_CHARACTERS,
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_MACRO_NESTING,
  MAX_NODES,
  MAX_SOURCE_LENGTH,
  MAX_STEPS,
  STRING_SIZE_HINT,
} from '@claimsmith/cel';
import { countByGroup } from '../../packages/cel/test/conformance/report.ts';
import { loadSuite } from '../../packages/cel/test/conformance/suite.ts';
import type { GeneratedFile } from './generated.ts';

/** docs/expressions.md: CEL for claim authors, with every function. */
export function expressionsPage(): GeneratedFile {
  const functions = FUNCTIONS.filter(({ name }) => /^[a-z]/i.test(name)).map(
    ({ name, summary, overloads }) => {
      const signatures = overloads.map(({ signature }) => `\`${signature}\``);
      return `### ${name}\n\n${summary}\n\n${signatures.map((signature) => `- ${signature}`).join('\n')}\n`;
    },
  );
  const operators = FUNCTIONS.filter(({ name }) => !/^[a-z]/i.test(name)).map(
    ({ name, summary }) => `| \`${spelled(name)}\` | ${summary} |`,
  );
  return { path: 'docs/expressions.md', content: page(operators, functions) };
}

/** The suite's tests of the profile all pass: packages/cel/test/conformance.test.ts runs them. */
function conformance(): string {
  const { total, cases, excluded } = loadSuite();
  const valued = cases.filter(({ expected }) => expected.kind !== 'type');
  const files = new Map<string, number>();
  for (const { test } of valued) files.set(test.file, (files.get(test.file) ?? 0) + 1);
  const counted = [...files].map(([file, tests]) => `${file} ${tests}`).join(', ');
  return `## Conformance

All ${count(valued.length)} tests of [cel-spec](https://github.com/google/cel-spec) v0.25.1 that JSON can carry pass, in V8 and in
Nashorn: ${counted}.

The other ${count(total - valued.length)} of ${count(total)} need what is left out here (${countByGroup(excluded)}), or test types alone.
\`base64\` encodes and decodes text, where CEL has bytes. Two implementations of CEL in JavaScript run random expressions beside
ours; where they differ, the reason is named.`;
}

const count = (value: number): string => value.toLocaleString('en');

/** `_+_` is written `a + b`. */
function spelled(name: string): string {
  if (name === '@in') return 'a in b';
  if (name === '_[_]') return 'a[b]';
  if (name === '_[?_]') return 'a[?b]';
  if (name === '_?_:_') return 'a ? b : c';
  let letter = 0;
  const parts = name.replace(/_/g, () => 'abc'.charAt(letter++));
  const binary = /^a(\W+)b$/.exec(parts);
  const text = binary ? `a ${binary[1]} b` : parts.replace(/^([-!])a?_?$/, '$1a');
  return text.replaceAll('|', '\\|');
}

function page(operators: readonly string[], functions: readonly string[]): string {
  return `# Expressions

Values, conditions and grants are written in [CEL](https://github.com/google/cel-spec/blob/master/doc/langdef.md), the language
that Kubernetes and Google Cloud use for the same job, as far as JSON can carry it. \`claimsmith check\` checks each expression:
every field must be declared, and every type known. An expression cannot loop forever, or read anything except the
[identity context](spec.md#the-identity-context), sources, tables and claims. The time is part of that context: \`now\`.

## Ten to learn from

\`\`\`cel
org.id                                                             a field
user.roles.filter(r, r.startsWith("shop:"))                        part of a list
user.roles.filter(r, r.startsWith("shop:")).map(r, r.substring(5)) without the prefix
user.groups.exists(g, g == "suspended")                            a test on a list
"pay.approve" in request.scopes                                    membership
tables.region[user.attributes.country]                             a look-up in a table of the spec
has(user.email) ? user.email : "none"                              where a field may have no value
user.?email.orValue("none")                                        the same, shorter
subject_type == "human" && user.email_verified                     a guard before a field that machines lack
claims.limit >= 1000.0                                             another claim
\`\`\`

## Missing values

These end the expression with an error: a field without a value, a key that a map lacks, a whole number that is too large, a
whole number divided by zero. The claim's \`onMissing\` says what happens then; nothing is guessed. \`has(a.b)\` asks first;
\`a.?b\` gives an optional, and \`orValue\` gives it a fallback. \`||\` and \`&&\` ignore an error on one side if the other side
decides.

## Numbers

An \`int\` is exact up to 2^53 − 1; beyond that the expression fails. \`1\` is an int and \`1.0\` is a double. They do not mix in
arithmetic or in \`==\`, \`!=\` and \`in\`: write \`double(x)\`, \`int(x)\` or \`1.0\`. \`<\`, \`<=\`, \`>\` and \`>=\` accept one of each
and compare by value. Numbers of undeclared type (\`dyn\`, as in JSON from maps) are doubles.

Doubles follow IEEE 754: \`1.0 / 0.0\` is infinite and larger than any other number; \`0.0 / 0.0\` is not equal to, larger or
smaller than any number. A claim with such a result has no value. If a divisor may be zero, check it first:
\`used > 0.0 && quota / used > 1.0\`.

## Times

\`now\` is the time of issuance. It stays the same during one issuance, and scenarios set it. \`timestamp(text)\` reads a moment
in RFC 3339, such as \`2026-05-01T12:00:00Z\` or \`2026-05-01T14:00:00+02:00\`; \`timestamp(seconds)\` reads seconds since 1970.
\`duration("36h")\` is a span of time. Times are exact to the nanosecond, from the year 1 to 9999; durations have at most 292
years. Text that is not a time, or a result beyond these bounds, is an error like any other missing value. There are no leap
seconds (\`:60\`).

\`\`\`cel
now < timestamp(user.attributes.contract_end)                      an entitlement that expires
now - timestamp(session.auth_time) < duration("15m")               a recent login
now.getDayOfWeek() in [1, 2, 3, 4, 5] && now.getHours() < 18       office hours, in UTC
string(now + duration("24h"))                                      text for a claim
\`\`\`

Parts such as \`getHours()\` are in UTC. Another time zone is an error of \`check\`: rules of time zones change, and issuers have
different versions of them. For a fixed offset, add it first: \`(now + duration("2h")).getHours()\`.

A token carries times as text or as a number, so a claim converts them: \`string(time)\` or \`int(time)\`.

## Addresses

\`ip(text)\` and \`cidr(text)\` read addresses and networks as Kubernetes does. Zones (\`fe80::1%eth0\`), leading zeros
(\`010.0.0.1\`) and IPv4 mapped into IPv6 (\`::ffff:10.0.0.1\`) are errors, so one address has one meaning everywhere.

\`\`\`cel
cidr("10.0.0.0/8").containsIP(request.ip)                          from the office
["10.0.0.0/8", "2001:db8::/32"].exists(n, cidr(n).containsIP(request.ip))
isIP(request.ip) && ip(request.ip).family() == 6                   over IPv6
\`\`\`

A claim with an address converts it: \`string(ip(…))\`.

## Limits

| what | bound | beyond it |
|---|---|---|
| an expression | ${count(MAX_SOURCE_LENGTH)} characters, ${count(MAX_NODES)} nodes, ${MAX_DEPTH} deep | an error of \`check\` |
| macros inside macros | ${MAX_MACRO_NESTING} | an error of \`check\` |
| a text that an expression reads | ${count(MAX_CHARACTERS)} characters (UTF-16 units) | no value |
| a list that an expression reads; a map, unless the policy names its keys | ${count(MAX_ITEMS)} items | no value |
| the steps of one issuance | ${count(MAX_STEPS)} | the issuance is denied: \`enrichment_unavailable\` |

**Steps.** All expressions of an issuance share one budget of steps. Every function takes steps by the size of its input: a loop
for each element; \`==\`, \`in\` and searches by the length of what they compare; \`split\`, \`replace\` and \`+\` by what they
produce. When the budget is spent, the issuance is denied, whatever \`onMissing\` says. So no input can keep an issuer busy: a
million steps take about 20 ms in Node, and a few tenths of a second in Keycloak's engine on the first runs. An ordinary policy
takes a few thousand steps.

\`check\` refuses an expression that exceeds the budget by far for ordinary users (lists of ${LIST_SIZE_HINT}, texts of
${STRING_SIZE_HINT} characters). It warns ([TE023](rules/TE023.md)) if the policy exceeds the budget in the worst case.
It takes bounds on sizes into account: \`slice\` and \`substring\` with constants, \`maxItems\` and \`maxBytes\` of claims, the
\`limit\` of a source, tables, and conditions such as \`size(x) <= 100 && …\` and \`size(x) <= 100 ? … : …\`.

CEL's \`matches\` is left out on purpose: some regular expressions run for seconds. Use \`startsWith\`, \`glob\` or \`extract\`
instead. Unsigned integers, bytes and protocol buffers are left out because JSON cannot carry them.

${conformance()}

## Operators

| written | meaning |
|---|---|
${operators.join('\n')}

## Macros

- \`list.all(x, condition)\`, \`list.exists(x, condition)\`, \`list.exists_one(x, condition)\`
- \`list.filter(x, condition)\`, \`list.map(x, value)\`, \`list.map(x, condition, value)\`
- \`list.sortBy(x, key)\`
- \`has(a.b)\`, \`cel.bind(name, value, expression)\`
- \`optional.optMap(x, value)\`, \`optional.optFlatMap(x, optional)\`

On a map, these run over the keys. With two variables, the first is the position in a list or the key of a map, and the second
is the value there:

- \`list.all(i, x, condition)\`, \`list.exists(i, x, condition)\`, \`list.existsOne(i, x, condition)\`
- \`map.transformList(k, v, value)\`, \`map.transformList(k, v, condition, value)\`: a list
- \`map.transformMap(k, v, value)\`, \`map.transformMap(k, v, condition, value)\`: a map with the same keys
- \`list.transformMapEntry(i, x, {key: value})\`, \`list.transformMapEntry(i, x, condition, {key: value})\`: a map of these entries;
  the same key twice is an error

## Functions

${functions.join('\n')}`;
}
