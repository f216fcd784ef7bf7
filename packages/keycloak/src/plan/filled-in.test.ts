import { describe, expect, it } from 'vitest';
import { scripts, seen } from '../../test/findings.ts';

describe('a text that Keycloak would fill in when it imports a realm', () => {
  it.each([
    ['when: \'"a\\u0024{B}" in user.roles\''],
    ['when: \'client.id == "a\\u0024{B}"\''],
    ['when: \'"a\\u0024{B}" in request.scopes\''],
  ])('is left to the script in conditions: %s', (more) => {
    const claim = `claims:\n  c: { const: 1, kind: descriptive, ${more} }`;
    expect(seen(claim)).toEqual(['TE813 error 4']);
    expect(seen(claim, scripts)).toEqual(['TE812 info 5']);
  });

  it('is refused in what denies and grants', () => {
    const claims = 'claims: { c: { const: 1, kind: descriptive } }';
    expect(seen(`${claims}\ndeny: [{ when: '!("a\\u0024{B}" in user.roles)', reason: out }]`)).toEqual([
      'TE813 error 4',
    ]);
    expect(seen(`${claims}\nscopes: { read: { grant: '"a\\u0024{B}" in user.roles' } }`)).toEqual([
      'TE813 error 4',
    ]);
  });
});
