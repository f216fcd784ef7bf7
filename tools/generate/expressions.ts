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
import type { GeneratedFile } from './generated.ts';

/** docs/expressions.md: CEL for claim authors, with every function that there is. */
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

Values, conditions and grants are [CEL](https://github.com/google/cel-spec/blob/master/doc/langdef.md), the language
that Kubernetes and Google Cloud use for the same job, in the part that JSON can carry. An expression is checked when
you run \`claimsmith check\`: every field is declared, every type known. It can't loop without end, read a clock, or
reach anything but what stands in the table of fields.

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

## What has no value

A field without a value, a key that a map lacks, a whole number too large, a whole number divided by zero: each ends
the expression, and the claim's \`onMissing\` says what then happens. Nothing is guessed. \`has(a.b)\` asks first; \`a.?b\` gives an optional
that \`orValue\` completes. \`||\` and \`&&\` forgive an error on one side where the other side decides.

## Numbers

An \`int\` is exact up to 2^53 − 1; beyond that the expression fails. \`1\` is an int and \`1.0\` a double, and they do
not mix in arithmetic, nor in \`==\`, \`!=\` and \`in\`: write \`double(x)\`, \`int(x)\` or \`1.0\`. \`<\`, \`<=\`, \`>\` and \`>=\`
take one of each and compare by value. Numbers of undeclared type (\`dyn\`, as in JSON from maps) are doubles.

Doubles calculate as everywhere (IEEE 754): \`1.0 / 0.0\` is infinite and larger than any other number, and \`0.0 / 0.0\` is
neither equal to a number nor larger or smaller. A claim that comes to either has no value. Where a divisor may be zero,
ask first: \`used > 0.0 && quota / used > 1.0\`.

## Limits

| what | bound | beyond it |
|---|---|---|
| an expression | ${count(MAX_SOURCE_LENGTH)} characters, ${count(MAX_NODES)} nodes, ${MAX_DEPTH} deep | an error of \`check\` |
| macros inside macros | ${MAX_MACRO_NESTING} | an error of \`check\` |
| a text that is read | ${count(MAX_CHARACTERS)} characters (UTF-16 units) | no value |
| a list that is read; a map, unless the policy names its keys | ${count(MAX_ITEMS)} items | no value |
| the steps of one issuance | ${count(MAX_STEPS)} | the issuance is denied: \`enrichment_unavailable\` |

**Steps.** All expressions of an issuance share one budget, and every function pays from it by the size of what it is
given: a loop for each element, \`==\`, \`in\` and searches by the length of what they compare, \`split\`, \`replace\` and \`+\`
by what they make. When the budget is spent, the issuance is denied, whatever \`onMissing\` says. So nobody can keep an
issuer busy: a million steps take some 20 ms in Node, and some tenths of a second in Keycloak's engine while the code is
new to it. An ordinary policy takes some thousands.

\`check\` refuses an expression that would be far over the budget for ordinary users (lists of ${LIST_SIZE_HINT}, texts of ${STRING_SIZE_HINT}
characters), and warns ([TE023](rules.md#te023-over-budget)) where a policy would be at its worst. It knows how large
things get: what \`slice\` and \`substring\` leave at constant places, \`maxItems\` and \`maxBytes\` of claims, the \`limit\` of
a source, tables, and sizes that were asked for before: \`size(x) <= 100 && …\`, \`size(x) <= 100 ? … : …\`.

Left out on purpose: \`matches\` (regular expressions can be made to run for seconds; use \`startsWith\`,
\`glob\` or \`extract\`, which cannot), unsigned integers, bytes, timestamps and protocol buffers, none of which JSON can carry.

## Operators

| written | meaning |
|---|---|
${operators.join('\n')}

## Macros

- \`list.all(x, condition)\`, \`list.exists(x, condition)\`, \`list.exists_one(x, condition)\`
- \`list.filter(x, condition)\`, \`list.map(x, value)\`, \`list.map(x, condition, value)\`
- \`has(a.b)\`, \`cel.bind(name, value, expression)\`
- \`optional.optMap(x, value)\`, \`optional.optFlatMap(x, optional)\`

On a map they go over its keys.

## Functions

${functions.join('\n')}`;
}
