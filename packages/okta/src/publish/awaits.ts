import { type Goal, type RawContext, TargetError } from '@claimsmith/core';
import { isHookOf } from './mark.ts';
import { plainSituations, probeRequest, type Seen, seenIn } from './probe.ts';
import type { Site } from './site.ts';
import { hooksPath, type Raw, readClaims, readHooks, textAt } from './state.ts';

/** Several, since several servers may share the address. */
const probes = 3;

/**
 * What must be done before a phase: the hook server must run the release's policy. Okta itself asks it, by a trial request
 * with the claims that the org makes now.
 */
export async function awaited(site: Site, phase: number, { revision }: Goal): Promise<string | undefined> {
  if (revision === undefined) return undefined;
  const { policy, reader, hook: name } = site;
  const hooks = await readHooks(reader);
  const hook = hooks.find((one) => textAt(one, 'name') === name && isHookOf(one, policy.name));
  if (hook === undefined) return undefined;
  const goOn = `or, if you know that it does, go on with --phase ${phase}`;
  if (policy.marker === undefined) {
    return `The policy has no marker, so the hook server does not show its revision. See that it runs policy.mjs, revision ${revision}, then go on with --phase ${phase}.`;
  }
  const claims = await readClaims(reader, await site.serverId());
  const expected = `${policy.name}@${revision}`;
  let last: Seen = { kind: 'other' };
  for (const context of situationsOf(site)) {
    last = await seenAt(site, hook, context, claims, expected);
    if (last.kind === 'marker') break;
  }
  const deploy = `Deploy policy.mjs, revision ${revision}, to the hook server`;
  switch (last.kind) {
    case 'marker':
      return last.value === expected ? undefined : `${deploy}: it runs ${last.value}.`;
    case 'denied':
      return `${deploy}, ${goOn}: its revision cannot be seen, because it denies the trial request with ${last.reason}. ${adviceFor(last.reason)}`;
    case 'other':
      return `${deploy}, ${goOn}: its answer to the trial request does not set the policy marker.`;
  }
}

function adviceFor(reason: string): string {
  const probe = 'Set probe of the environment to a situation that the policy allows, with a test user';
  if (reason !== 'enrichment_unavailable') return `${probe}.`;
  return `Its log says why. If a source or a required value is missing: ${probe.charAt(0).toLowerCase()}${probe.slice(1)}. Else the secret or the path is wrong, or the policy is another one.`;
}

function situationsOf({ entry, policy }: Site): readonly RawContext[] {
  if (entry.probe !== undefined) return [entry.probe];
  // A policy for machines alone is rare.
  return policy.deny.length === 0 ? plainSituations.slice(0, 1) : plainSituations;
}

/** The first answer that is not that of the expected revision; all must be. */
async function seenAt(
  site: Site,
  hook: Raw,
  context: RawContext,
  claims: readonly Raw[],
  expected: string,
): Promise<Seen> {
  const { policy } = site;
  let seen: Seen = { kind: 'other' };
  for (let probe = 0; probe < probes; probe++) {
    const request = probeRequest(context, policy, claims, Math.floor(Date.now() / 1000));
    seen = seenIn(await executeHook(site, textAt(hook, 'id'), request), policy.marker?.claim ?? '');
    if (seen.kind !== 'marker' || seen.value !== expected) return seen;
  }
  return seen;
}

/**
 * Lets Okta call the hook with a request. Okta changes nothing by it.
 *
 * @throws {TargetError}
 */
export async function executeHook(
  { connect, access }: Site,
  hookId: string,
  request: unknown,
): Promise<unknown> {
  const client = await connect();
  const path = `${hooksPath}/${encodeURIComponent(hookId)}/execute`;
  try {
    const { body } = await access.read("the hook server's answer", (signal) =>
      client.send('POST', path, request, signal),
    );
    return body;
  } catch (error) {
    if (!(error instanceof TargetError) || error.code !== 'refused') throw error;
    const message =
      'Okta gets no answer from the hook server. It must be reachable from the internet, with a certificate that browsers trust, and answer within three seconds.';
    throw new TargetError('waiting', message, { cause: error });
  }
}
