import { afterAll, describe, expect, it } from 'vitest';
import { startKeycloak } from '../../../tools/keycloak/server.ts';
import { flowsAgainstServer } from './flows.ts';
import { liveAgainstServer } from './live.ts';
import { mappersAgainstServer } from './mappers.ts';
import { buildPayments, serveEntitlements, settingsOfServer } from './payments.ts';
import { scriptAgainstServer } from './policy-script.ts';
import { randomAgainstServer, specsAgainstServer } from './random.ts';

const source = await serveEntitlements();
const payments = await buildPayments(source.origin);
const started = await startKeycloak({
  features: ['scripts'],
  providers: payments.jars,
  env: settingsOfServer,
});
if (!started.ok) console.warn(`No Keycloak to compare with: ${started.reason}.`);

describe.skipIf(!started.ok)('a real Keycloak', () => {
  if (!started.ok) {
    it('is there', () => expect.fail(started.reason));
    return;
  }
  const { keycloak } = started;
  afterAll(async () => {
    await keycloak.stop();
    source.stop();
  }, 30_000);
  mappersAgainstServer(keycloak);
  flowsAgainstServer(keycloak);
  randomAgainstServer(keycloak);
  specsAgainstServer(keycloak);
  scriptAgainstServer(keycloak, payments);
  liveAgainstServer(keycloak, payments);
});
