import { expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

test('what V1_0 of the trigger does not see makes no difference: the scopes are those of Cognito', async () => {
  const folder = scratchFolder({
    'enrichment.yaml': `version: 1
name: old
claims:
  plan: { value: 'user.family_name.replace("plan:", "")', kind: descriptive, tokens: [id] }
issuers:
  cognito: { clients: all, version: V1_0 }
`,
    'scenarios/old.yaml': `context: { user: { id: u1, family_name: "plan:gold" }, client: { id: web } }
scenarios:
  - name: a person
    context: { request: { scopes: [openid, orders/read] } }
    expect: { id: { plan: gold }, scopes: [openid, orders/read] }
  - name: a person without a plan
    context: { user: { family_name: null } }
    expect: { absent: [plan] }
  - name: a job
    context: { subject_type: machine, request: { grant_type: client_credentials, scopes: [orders/read] } }
    expect: { scopes: [orders/read] }
`,
  });
  const { out, code } = await claimsmith(folder, 'test');
  expect(out).toContain('With V1_0, access tokens carry nothing of the policy.');
  expect(out).toContain('3 scenarios at 1 issuer, all issuers agree with the policy');
  expect(code).toBe(0);
});
