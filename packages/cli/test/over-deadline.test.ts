import { describe, expect, test } from 'vitest';
import { issuers } from '../src/issuers.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

/** Each issuer with a deadline, and sources that are asked one after the other. */
const spec = (issuer: string, settings: string, timing: string) => `version: 1
name: slow
sources:
  profile: { http: { url: "https://profiles.acme.example/{user.id}" }, returns: { org: string }, ${timing} }
  billing: { http: { url: "https://billing.acme.example/{profile.org}" }, returns: { plan: string }, ${timing} }
claims:
  plan: { value: billing.plan, kind: descriptive }
issuers: { ${issuer}: ${settings} }
`;

const settings: Readonly<Record<string, string>> = {
  auth0: '{ clients: all }',
  cognito: '{ clients: all }',
  keycloak: '{ scripts: true, audience: https://api.acme.example/ }',
  okta: '{ guard: [sentinel], idTokens: false }',
};

async function overDeadline(issuer: string, timing: string) {
  const folder = scratchFolder({ 'enrichment.yaml': spec(issuer, settings[issuer] ?? '{}', timing) });
  const { findings } = JSON.parse((await claimsmith(folder, 'check', '--json')).out);
  return findings.filter(({ rule }: { rule: string }) => rule === 'TE705');
}

describe.each(issuers.map(({ id }) => id))('at %s', (issuer) => {
  test('sources that take too long are named with their times and what asks them, and both ways out work', async () => {
    const [finding] = await overDeadline(issuer, 'timeout: 2s, retries: 4');
    expect(finding).toMatchObject({ severity: 'error', at: 'sources' });
    expect(finding.message).toMatch(
      /^Asking the sources may take \d+ ms with all retries, .*`profile`.* then .*`billing`.*; the \w+ has \d+ ms/,
    );
    expect(finding.help).toBe('Shorten `timeout`, or allow fewer retries.');
    const limit = Number(/has (\d+) ms/.exec(finding.message)?.[1]);
    // Retries add waiting times, so without them as much as the message says is free for the two.
    expect(await overDeadline(issuer, `timeout: ${limit / 2}ms`)).toEqual([]);
    expect(await overDeadline(issuer, `timeout: ${Math.floor(limit / 2)}ms, retries: 1`)).toHaveLength(1);
  });
});
