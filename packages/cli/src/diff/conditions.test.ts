import { createPolicy, type Policy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runPolicy } from '../run/policy-run.ts';
import { changesOf } from './changes.ts';

const names = ['a', 'b', 'c'] as const;
/** Every combination of values; without a value, a condition that needs it fails. */
const logins = [true, false, undefined].flatMap((a) =>
  [true, false, undefined].flatMap((b) =>
    [true, false, undefined].map((c) => ({
      subject_type: 'human',
      user: { id: 'u1', attributes: { ...(a === undefined ? {} : { a }), b, c } },
    })),
  ),
);

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: fc.constantFrom(...names).map((name) => `user.attributes.${name}`) },
    { weight: 1, arbitrary: fc.constantFrom('true', 'false') },
    { weight: 3, arbitrary: fc.tuple(tie('condition'), tie('condition')).map(([x, y]) => `(${x} && ${y})`) },
    { weight: 3, arbitrary: fc.tuple(tie('condition'), tie('condition')).map(([x, y]) => `(${x} || ${y})`) },
    { weight: 1, arbitrary: tie('condition').map((x) => `!${x}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('condition'), tie('condition'), tie('condition'))
        .map(([x, y, z]) => `(${x} ? ${y} : ${z})`),
    },
  ),
}));
/** One that is made from the other, so that many of them can be compared. */
const pair = fc.tuple(condition, condition, fc.nat(5)).map(([x, y, how]) => {
  const others = [
    `${x} && ${y}`,
    `${x} || ${y}`,
    `${y} && (${x})`,
    `(${x}) || ${y} && ${x}`,
    `${y} ? ${x} : ${x} && ${y}`,
  ];
  return [x, others[how] ?? y] as const;
});

function policyOf(section: string): Policy {
  const text = `version: 1
name: law
user: { attributes: { a: bool, b: bool, c: bool } }
claims: { x: { const: 1, kind: descriptive } }
${section}
`;
  const { draft } = readSpec({ file: 'enrichment.yaml', text }, {});
  const { policy, findings } =
    draft === undefined ? { findings: [] } : createPolicy(draft.spec, draft.source);
  if (policy === undefined) throw new Error(findings.map(({ message }) => message).join(' '));
  return policy;
}

/** For each login whether the policy lets it pass. */
function passing(policy: Policy): readonly boolean[] {
  const program = evaluateProgram(generateProgram(policy));
  return logins.map((login) => {
    const raw = { ...login, request: { scopes: ['pay'] } };
    const { verdict } = runPolicy(program, policy, { answers: {} }, raw);
    return verdict.denied === undefined && verdict.scopes.includes('pay');
  });
}

test.each([
  ['a deny rule', (when: string) => `deny: [{ when: '${when}', reason: no }]`],
  ['a scope', (when: string) => `scopes: { pay: { grant: '${when}' } }`],
])('what the texts say of %s is so for every login, also where a value is missing', (_, section) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(pair, ([old, now]) => {
      const [before, after] = [policyOf(section(old)), policyOf(section(now))];
      const [was, is] = [passing(before), passing(after)];
      const effect = changesOf(before, after)[0]?.effect ?? 'same';
      seen.add(effect);
      const gained = is.some((passes, index) => passes && was[index] !== true);
      const lost = was.some((passes, index) => passes && is[index] !== true);
      if (effect === 'narrower' || effect === 'same')
        expect({ old, now, gained }).toMatchObject({ gained: false });
      if (effect === 'same') expect({ old, now, lost }).toMatchObject({ lost: false });
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual(['narrower', 'same', 'unknown', 'wider']);
});
