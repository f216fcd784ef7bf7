import { expect, test } from 'vitest';
import { compileSpec } from './kit.ts';

/** The help of the findings of a rule, in a spec with these claims. */
function helpOf(rule: string, claims: string): readonly (string | undefined)[] {
  const { findings } = compileSpec(`sources:
  crm: { http: { url: "https://crm.example/{user.id}" }, returns: { plan: string } }
claims:
${claims}`);
  return findings.filter((finding) => finding.rule === rule).map(({ help }) => help);
}

test('TE702 says how to leave out an authoritative claim that has no value', () => {
  const claim = (rest: string) => `  plan: { value: crm.plan, kind: authoritative, ${rest} }\n`;
  const [help] = helpOf('TE702', claim('onMissing: omit'));
  const [, when] = /`(when: .*?)`/.exec(help ?? '') ?? [];
  expect(when).toBe('when: has(crm.plan)');
  expect(helpOf('TE702', claim(`${when}`))).toEqual([]);
  const several = '  a: { value: crm.plan + user.id, kind: authoritative, onMissing: omit }\n';
  expect(helpOf('TE702', several)).toEqual([expect.stringContaining('`when: has(…)`')]);
});

test.each(['plan', 'https://api.example/plan'])('TE201 says how to show %s to the client', (name) => {
  const claim = (tokens: string) =>
    `  ${name}: { value: crm.plan, kind: authoritative, tokens: [${tokens}] }\n`;
  const [help] = helpOf('TE201', claim('access, id'));
  const [, twin] = /add a claim for it: `(.*?)`\. /.exec(help ?? '') ?? [];
  const { policy } = compileSpec(
    `sources: { crm: { http: { url: "https://crm.example/{user.id}" }, returns: { plan: string } } }\nclaims:\n${claim('access')}  shown: ${twin}\n`,
  );
  expect(policy?.claims.find((one) => one.name === 'shown')).toMatchObject({
    tokens: ['id'],
    type: { kind: 'string' },
  });
  expect(helpOf('TE201', claim('id'))).toEqual([expect.stringMatching(/^If only the client needs it/)]);
});

test('TE303 knows that a list of a limited claim is limited', () => {
  const some = (more: string) => `  some: { value: user.roles, kind: descriptive${more} }\n`;
  const shown = (value: string) => `  shown: { value: '${value}', kind: descriptive }\n`;
  for (const value of ['claims.some', 'claims.some.filter(r, r != "")', 'claims.some.map(r, r + "x")']) {
    expect(helpOf('TE303', some(', maxItems: 5') + shown(value))).toEqual([]);
    expect(helpOf('TE303', some('') + shown(value))).toHaveLength(2);
  }
  const text = '  some: { value: crm.plan, kind: descriptive }\n';
  expect(helpOf('TE303', text + shown('claims.some.split(",")'))).toHaveLength(1);
});
