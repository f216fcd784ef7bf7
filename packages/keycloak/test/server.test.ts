import { afterAll, describe, expect, it } from 'vitest';
import { startKeycloak } from '../../../tools/keycloak/server.ts';
import { mappersAgainstServer } from './mappers.ts';

const started = await startKeycloak({ features: ['scripts'] });
if (!started.ok) console.warn(`No Keycloak to compare with: ${started.reason}.`);

describe.skipIf(!started.ok)('a real Keycloak', () => {
  if (!started.ok) {
    it('is there', () => expect.fail(started.reason));
    return;
  }
  const { keycloak } = started;
  afterAll(() => keycloak.stop(), 30_000);
  mappersAgainstServer(keycloak);
});
