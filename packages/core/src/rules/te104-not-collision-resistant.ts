import { registeredNames } from '../words/registered.ts';
import type { Rule } from './rule.ts';

export const notCollisionResistant = {
  id: 'TE104',
  slug: 'not-collision-resistant',
  severity: 'warning',
  profile: 'pedantic',
  title: 'A claim has a registered name, or one with a namespace.',
  why: 'Another team, or a later standard, may use the same short name for something else.',
  mend: 'Put your namespace before the name: `https://acme.example/plan`.',
  bad: `claims:
  plan: { value: org.name, kind: descriptive }`,
  good: `claims:
  https://acme.example/plan: { value: org.name, kind: descriptive }`,
  standards: ['claimNames'],
  check: ({ claims, source }) =>
    claims
      .filter(({ name }) => !/[:/]/.test(name) && !registeredNames.has(name))
      .map(({ name }) => ({
        rule: 'TE104',
        severity: 'warning',
        message: `\`${name}\` is neither registered nor in a namespace.`,
        range: source.key(['claims', name]),
        help: 'Put your namespace before the name.',
      })),
} as const satisfies Rule;
