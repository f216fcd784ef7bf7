// The end of `npm run demo`: examples/payments published to a real Keycloak. It needs a server at hand: KEYCLOAK_HOME, or the
// distribution that the tests have fetched.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cache, keycloakVersion } from '../keycloak/distribution.ts';
import { keycloakStory } from './keycloak-story.ts';

if (process.env['KEYCLOAK_HOME'] || existsSync(join(cache, keycloakVersion))) {
  console.log(`starting Keycloak ${keycloakVersion}, and publishing examples/payments to it (a minute)\n`);
  const story = await keycloakStory(({ title, args, output }) => {
    console.log(`── ${title}\n$ claimsmith ${args.join(' ')}\n${output}`);
  });
  if (!story.ok) console.log(`none can be had: ${story.reason}`);
} else console.log('Skipped: set KEYCLOAK_HOME to the folder of a Keycloak server to see it published to.');
