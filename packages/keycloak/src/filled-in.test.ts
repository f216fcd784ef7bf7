import { describe, expect, it } from 'vitest';
import { attributes, findings, scripts, seen } from '../test/findings.ts';
import { policyOf } from '../test/fixtures.ts';
import { check } from './check.ts';

describe('a text that Keycloak would fill in when it imports a realm', () => {
  it.each([
    ['audience: "urn:${AUDIENCE}"', 'audience'],
    ['clients: ["${CLIENT}"]', '${CLIENT}'],
    ['rolesFrom: { client: "a${B:c}" }', 'a${B:c}'],
    ['attributes: { tier: "${TIER}" }', '${TIER}'],
  ])('is refused in the settings: %s', (setting) => {
    const spec = `version: 1\nname: checked\n${attributes}
claims: { c: { value: user.attributes.tier, kind: descriptive } }
issuers: { keycloak: { ${setting} } }`;
    const found = check(policyOf(spec)).filter(({ severity }) => severity === 'error');
    expect(found).toMatchObject([{ rule: 'TE826', range: { start: { line: 5 } } }]);
    expect(found[0]?.help).toContain('rename');
  });

  it.each([
    ['when: \'"a${B}" in user.roles\''],
    ['when: \'client.id == "a${B}"\''],
    ['when: \'"a${B}" in request.scopes\''],
    ['clients: ["a${B}"]'],
  ])('is left to the script in conditions: %s', (more) => {
    const claim = `claims:\n  c: { const: 1, kind: descriptive, ${more} }`;
    expect(seen(claim)).toEqual(['TE813 error 4']);
    expect(findings(claim)[0]?.message).toContain('${…}');
    expect(seen(claim, scripts)).toEqual(['TE812 info 5']);
  });

  it('is refused in what denies and grants', () => {
    const claims = 'claims: { c: { const: 1, kind: descriptive } }';
    expect(seen(`${claims}\ndeny: [{ when: '!("a\${B}" in user.roles)', reason: out }]`)).toEqual([
      'TE813 error 4',
    ]);
    expect(seen(`${claims}\nscopes: { read: { grant: '"a\${B}" in user.roles' } }`)).toEqual([
      'TE813 error 4',
    ]);
  });
});
