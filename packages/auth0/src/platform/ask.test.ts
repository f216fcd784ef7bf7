import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { portOf, wayTo } from '../../../../tools/servers/frozen.ts';
import { loginOf, policyOf } from '../../test/fixtures.ts';
import { auth0 } from '../index.ts';

beforeEach(() => void vi.spyOn(console, 'log').mockReturnValue());
afterEach(() => void vi.restoreAllMocks());

const forms = [
  ['readable', ''],
  ['minified', ', minify: true'],
] as const;
it.each(forms)('%s, a login after connections ended unnoticed asks again', async (_form, more) => {
  let isDown = false;
  let asked = 0;
  const source = createServer((request, response) => {
    asked++;
    if (isDown) request.socket.resetAndDestroy();
    else response.end('{"plan":"gold"}');
  });
  const way = await wayTo(await portOf(source));
  const policy = policyOf(`version: 1
name: frozen
sources: { crm: { http: { url: "\${CRM_URL}/plan" }, returns: { plan: string } } }
claims: { plan: { value: crm.plan, kind: authoritative, subjects: [human] } }
issuers: { auth0: { clients: all, triggers: [post-login]${more} } }`);
  const login = await loginOf(policy);
  const { event } = auth0.simulator.eventFrom({ user: { id: 'u' } }, policy);
  const secrets = { CRM_URL: `http://127.0.0.1:${way.port}` };
  const plan = async () => await login({ ...event, secrets }, {});
  // Two connections.
  expect(await Promise.all([plan(), plan()])).toMatchObject([{ plan: 'gold' }, { plan: 'gold' }]);
  way.freeze();
  expect([await plan(), asked]).toMatchObject([{ plan: 'gold' }, 3]);
  isDown = true;
  expect(await plan()).toEqual({ denied: 'enrichment_unavailable' });
});
