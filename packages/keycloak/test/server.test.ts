import { mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startKeycloak } from '../../../tools/keycloak/server.ts';
import { buildExchange, exchangeAgainstServer } from './exchange.ts';
import { exportedAgainstServer } from './exported.ts';
import { buildFacts, factsAgainstServer } from './facts.ts';
import { flowsAgainstServer } from './flows.ts';
import { foreignAgainstServer, foreignJars } from './foreign-scripts.ts';
import { buildGuarded, guardedAgainstServer } from './guarded.ts';
import { buildLeftAlone, leftAloneAgainstServer } from './left-alone.ts';
import { liveAgainstServer } from './live.ts';
import { buildLookups, lookupsAgainstServer } from './lookups.ts';
import { mappersAgainstServer } from './mappers.ts';
import { buildPayments, serveEntitlements, settingsOfServer } from './payments.ts';
import { peopleAgainstServer } from './people.ts';
import { scriptAgainstServer } from './policy-script.ts';
import { publishingAgainstServer } from './publishing.ts';
import { contractAgainstServer } from './publishing-contract.ts';
import { buildPublished, publishingScriptAgainstServer } from './publishing-script.ts';
import { randomAgainstServer, specsAgainstServer } from './random.ts';
import { buildRealms, realmsAgainstServer } from './realms.ts';
import { buildStepUp, stepUpAgainstServer } from './step-up.ts';

/** A server that runs already takes no JAR files: what needs the policy script is left out there. */
const isOwn = !process.env['KEYCLOAK_URL'];
const source = await serveEntitlements();
const payments = await buildPayments(source.origin);
const guarded = await buildGuarded(source);
const realms = await buildRealms();
const facts = await buildFacts();
const lookups = await buildLookups();
const stepUp = await buildStepUp();
const published = await buildPublished();
const leftAlone = await buildLeftAlone();
// The name of this machine leads to addresses that do not answer, before it leads to one that does.
const hosts = join(mkdtempSync(join(tmpdir(), 'claimsmith-hosts-')), 'hosts');
const addresses = [
  '10.255.255.1 localhost',
  '127.0.0.2 localhost',
  '127.0.0.1 localhost',
  `127.0.0.1 ${hostname()}`,
];
writeFileSync(hosts, `${addresses.join('\n')}\n`);
const started = await startKeycloak({
  features: ['scripts'],
  ...(isOwn
    ? {
        providers: {
          ...payments.jars,
          ...guarded.jars,
          ...realms.jars,
          ...published.jars,
          ...facts.jars,
          ...lookups.jars,
          ...leftAlone.jars,
          ...buildExchange().jars,
          ...stepUp.jars,
          ...foreignJars,
        },
        env: {
          ...settingsOfServer,
          ...guarded.settings,
          ...lookups.settings,
          JAVA_OPTS_APPEND: `-Djdk.net.hosts.file=${hosts}`,
        },
      }
    : {}),
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
    lookups.stop();
  }, 30_000);
  mappersAgainstServer(keycloak);
  flowsAgainstServer(keycloak);
  randomAgainstServer(keycloak);
  specsAgainstServer(keycloak);
  peopleAgainstServer(keycloak);
  exportedAgainstServer(keycloak);
  publishingAgainstServer(keycloak);
  contractAgainstServer(keycloak);
  describe.skipIf(!isOwn)('with a script', () => {
    scriptAgainstServer(keycloak, payments);
    guardedAgainstServer(keycloak, guarded);
    realmsAgainstServer(keycloak, realms);
    factsAgainstServer(keycloak, facts);
    lookupsAgainstServer(keycloak, lookups);
    exchangeAgainstServer(keycloak);
    leftAloneAgainstServer(keycloak, leftAlone);
    stepUpAgainstServer(keycloak, stepUp);
    publishingScriptAgainstServer(keycloak);
    foreignAgainstServer(keycloak);
    liveAgainstServer(keycloak, payments);
    it('that does not start says why', async () => {
      await expect(startKeycloak({ features: ['nonsense'] })).rejects.toThrow(
        /did not start:[\s\S]*nonsense/,
      );
    }, 120_000);
  });
});
