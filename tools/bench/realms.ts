/**
 * What it costs to publish to many realms of a real Keycloak: requests and time a realm, and the memory of the command.
 *
 *   node --conditions=@claimsmith/source --expose-gc tools/bench/realms.ts 10 100 100x10
 *
 * `100x10` plans for each of a hundred realms ten times, as a thousand places: Keycloak itself takes hours to make a
 * thousand realms, because it takes longer for each that is there.
 *
 * It starts a server, or takes the one at KEYCLOAK_URL. Realms are named `claimsmith-bench-1` and so on, and are removed
 * afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPolicy, type Place, type Policy, TargetError } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { accessOf, inParallel, KeptSecret, openJournals, planAt, runAt } from '@claimsmith/deploy';
import { keycloak as issuer } from '@claimsmith/keycloak';
import { adminOf } from '../keycloak/admin.ts';
import { type Keycloak, startKeycloak } from '../keycloak/server.ts';

/** A server of our own goes with its realms. */
const isOwn = !process.env['KEYCLOAK_URL'];
const prefix = 'claimsmith-bench-';
const spec = `version: 1
name: bench
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive }
  level: { const: 1, kind: descriptive }
  staff: { const: true, kind: descriptive, when: '"staff" in user.roles' }
issuers: { keycloak: { audience: "urn:bench", clients: [web] } }
`;

await main(process.argv.slice(2));

async function main(wanted: readonly string[]): Promise<void> {
  const started = await startKeycloak({ heapMb: 2_000 });
  if (!started.ok) return console.log(`none can be had: ${started.reason}`);
  const { keycloak } = started;
  const admin = adminOf(keycloak);
  let made = 0;
  try {
    for (const text of wanted.length === 0 ? ['10', '100', '100x10'] : wanted) {
      const [count = 0, times = 1] = text.split('x').map(Number);
      const missing = Array.from({ length: count - made }, (_, index) => made + index + 1);
      await inParallel(missing, 4, async (number) => {
        if (!isOwn) await admin.delete(`/${prefix}${number}`).catch(() => undefined);
        await admin.post('', realmOf(number));
      });
      made = count;
      for (const parallel of count < 100 ? [1, 4, 8, 16] : [8])
        await measure(keycloak, { count, times, parallel });
    }
  } finally {
    for (; !isOwn && made > 0; made--) await admin.delete(`/${prefix}${made}`).catch(() => undefined);
    await keycloak.stop();
  }
}

function realmOf(number: number) {
  return {
    realm: `${prefix}${number}`,
    enabled: true,
    roles: { realm: [{ name: 'staff' }] },
    clients: [{ clientId: 'web', enabled: true, publicClient: true }],
  };
}

/** Plans, applies, plans again and removes, in all realms. */
async function measure(
  { url, admin }: Keycloak,
  { count, times, parallel }: { readonly count: number; readonly times: number; readonly parallel: number },
): Promise<void> {
  const requests = { read: 0, write: 0 };
  const key = Buffer.alloc(32);
  const access = accessOf({
    secret: async (reference) => new KeptSecret('value' in reference ? reference.value : '', key),
    setting: () => Promise.reject(new TargetError('settings', 'none')),
    known: () => undefined,
    onRequest: (kind) => {
      requests[kind]++;
    },
  });
  const target = await issuer.target.load();
  const { username, password } = admin;
  const entry = { url, realms: `${prefix}*`, username, password: { value: password } };
  const policy = policyOf(spec);
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-bench-'));
  const journals = openJournals(folder);
  try {
    const all = await target.places(policy, target.settings.parse(entry), access);
    const places = Array.from({ length: times }, () => all.slice(0, count)).flat();
    const timed = async (name: string, job: (place: Place) => Promise<void>) => {
      const before = { ...requests };
      const startMs = performance.now();
      let mostBytes = 0;
      let left = 0;
      await inParallel(places, parallel, async (place) => {
        await job(place);
        if (++left % 50 === 0 || left === places.length) mostBytes = Math.max(mostBytes, usedBytes());
      });
      const ms = (performance.now() - startMs) / places.length;
      const per = (kind: 'read' | 'write') => ((requests[kind] - before[kind]) / places.length).toFixed(1);
      console.log(
        `${String(places.length).padStart(5)} realms, ${String(parallel).padStart(2)} at once  ${name.padEnd(8)} ${per('read').padStart(5)} reads ${per('write').padStart(5)} writes ${ms.toFixed(0).padStart(5)} ms a realm, ${(mostBytes / 1e6).toFixed(0)} MB`,
      );
    };
    const want = (place: Place) => async (reading: Awaited<ReturnType<Place['read']>>) =>
      reading.want(await place.compile());
    const run = async (place: Place, by: 'apply' | 'destroy') => {
      const { stopped } = await runAt({
        place,
        journal: journals.of('keycloak', place.name),
        by,
        policy: policy.name,
        goal: { revision: by === 'apply' ? policy.revision : undefined },
        want: by === 'apply' ? want(place) : async (reading) => reading.want(undefined),
      });
      if (stopped !== undefined) throw new Error(`${place.name}: ${stopped.message}`);
    };
    await timed('plan', async (place) => void (await planAt({ place, want: want(place) })));
    if (times > 1) return;
    await timed('apply', (place) => run(place, 'apply'));
    await timed('in order', async (place) => {
      const { plan } = await planAt({ place, want: want(place) });
      if (plan.steps.length > 0) throw new Error(`${place.name} is not in order`);
    });
    await timed('destroy', (place) => run(place, 'destroy'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is in use after a collection, where the process was started with --expose-gc. */
function usedBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function policyOf(text: string): Policy {
  const read = readSpec({ file: 'enrichment.yaml', text }, { keycloak: issuer.settings });
  const created = read.spec && createPolicy(read.spec, read.source);
  if (created?.policy === undefined) throw new Error(JSON.stringify(read.findings));
  return created.policy;
}
