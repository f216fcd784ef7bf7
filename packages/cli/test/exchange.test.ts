/** What the commands say of an issuer that exchanges tokens although the policy relies on it that it does not. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { firstSpec, plainEntry, startOrg, variables } from '../../../tools/publishing/okta.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const scenarios = `
scenarios:
  - name: a service acts for ada
    context:
      user: { id: 00u1 }
      client: { id: shop }
      actor: { sub: shop }
      request: { grant_type: "urn:ietf:params:oauth:grant-type:token-exchange" }
    live: { client: shop, user: ada }
`;

test('plan, verify and drift name a rule of Okta that allows token exchange, and verify what it did not run', async () => {
  const okta = await startOrg();
  onTestFinished(() => okta.close());
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const exchange = { include: ['urn:ietf:params:oauth:grant-type:token-exchange'] };
  for (const { policies } of okta.org.servers.values())
    for (const { rules } of policies.values())
      for (const rule of rules.values())
        rule['conditions'] = { ...Object(rule['conditions']), grantTypes: exchange };
  const entry = plainEntry(okta, 'https://hook.acme.example/');
  const folder = scratchFolder({
    'enrichment.yaml': firstSpec,
    'scenarios/all.yaml': scenarios,
    'environments/prod.yaml': JSON.stringify({ targets: { okta: entry } }),
  });
  const found = /conflict: The rule Default Policy\/Default Policy Rule allows token exchange/;
  for (const command of ['plan', 'verify', 'drift'] as const) {
    const { code, out } = await claimsmith(folder, command);
    expect(code, command).toBe(2);
    expect(out, command).toMatch(found);
    expect(out.replace(/\s+/g, ' '), command).toContain('help: Take the grant type out of the rule, or say');
    if (command === 'verify')
      expect(out.replace(/\s+/g, ' ')).toContain(
        'Not run: 1 scenario. Nobody acts for a user at Okta, because `issuers.okta.exchange` is not true.',
      );
    const { out: json } = await claimsmith(folder, command, '--json');
    expect(JSON.parse(json).places[0].notices, command).toContainEqual(
      expect.objectContaining({
        severity: 'conflict',
        message: expect.stringMatching(/allows token exchange/),
      }),
    );
  }
});
