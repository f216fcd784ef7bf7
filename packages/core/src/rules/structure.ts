import type { RuleInfo } from './rule.ts';

/** What must hold before a spec is a policy at all. The reader and the compiler report these themselves. */
export const structureRules: readonly RuleInfo[] = [
  {
    id: 'TE001',
    slug: 'unreadable',
    severity: 'error',
    title: 'A spec is one YAML or JSON document of at most 1 MB.',
    why: 'What can be read in two ways, or not at all, can mean anything.',
  },
  {
    id: 'TE002',
    slug: 'unknown-key',
    severity: 'error',
    title: 'A spec has no keys beyond those of the language.',
    why: 'A misspelt `when` or `onMissing` that is ignored would widen a token in silence.',
  },
  {
    id: 'TE003',
    slug: 'invalid-value',
    severity: 'error',
    title: 'Every key has a value of its kind.',
    why: 'There is no meaning to guess.',
  },
  {
    id: 'TE004',
    slug: 'invalid-expression',
    severity: 'error',
    title: 'Every expression is CEL and fits the declared types.',
    why: 'An error found now is not a denied login later.',
    reference: 'https://github.com/google/cel-spec/blob/master/doc/langdef.md',
  },
  {
    id: 'TE005',
    slug: 'claim-cycle',
    severity: 'error',
    title: 'Claims do not read each other in a circle.',
    why: 'There is no order to evaluate them in.',
  },
  {
    id: 'TE006',
    slug: 'value-or-const',
    severity: 'error',
    title: 'A claim has either `value` or `const`.',
    why: 'With both, one would be ignored; with neither, there is nothing to emit.',
  },
  {
    id: 'TE007',
    slug: 'default-type',
    severity: 'error',
    title: "A default is of its claim's type.",
    why: 'A service that reads the claim must not meet another type on the day a source is down.',
  },
  {
    id: 'TE008',
    slug: 'name-taken',
    severity: 'error',
    title: 'Names are free, and safe in every language that reads tokens.',
    why: '`__proto__` and its kind reach prototypes; a taken name hides what it shadows.',
  },
  {
    id: 'TE009',
    slug: 'scope-name',
    severity: 'error',
    title: 'A scope name is of the characters of RFC 6749, its placeholders are anchored.',
    why: 'A pattern that matches in two ways grants on the wrong object.',
    reference: 'https://www.rfc-editor.org/rfc/rfc6749#section-3.3',
  },
  {
    id: 'TE010',
    slug: 'source-address',
    severity: 'error',
    title: "A source's address is a template that can be filled in safely.",
    why: 'What is filled in is escaped; what cannot be escaped is refused.',
  },
  {
    id: 'TE302',
    slug: 'whole-object-copied',
    severity: 'error',
    title: 'A policy picks fields, never whole records.',
    why: 'What is added to the record tomorrow would be in the token tomorrow.',
  },
];
