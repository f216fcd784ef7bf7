/* A request to the hook as Okta would send it, for a try: what the org's claims make of a situation. */
import { randomUUID } from 'node:crypto';
import type { Compilation, Policy, RawContext } from '@claimsmith/core';
import { isMapping } from '@claimsmith/core';
import type { NativeClaim } from '../plan/native-claim.ts';
import { evaluateNative, type MadeClaims } from '../simulator/evaluate-native.ts';
import { eventFrom } from '../simulator/event-from.ts';
import { type KnownIssuance, knownIssuance } from '../simulator/known-issuance.ts';
import { type HookRequest, requestFrom } from '../simulator/request-from.ts';
import { type Raw, textAt, valueAt } from './state.ts';

/** Situations that hardly any policy denies: a person who logs in, and a client for itself. */
export const plainSituations: readonly RawContext[] = [
  {
    user: { id: '00uclaimsmithtrial00', username: 'claimsmith-trial' },
    client: { id: 'claimsmith-trial', name: 'Claimsmith trial' },
    request: { grant_type: 'authorization_code', scopes: [] },
    subject_type: 'human',
  },
  {
    client: { id: 'claimsmith-trial', name: 'Claimsmith trial' },
    request: { grant_type: 'client_credentials', scopes: [] },
    subject_type: 'machine',
  },
];

const lifetimeSeconds = 300;

/** The request for a situation, with the claims that the authorization server has now. */
export function probeRequest(
  context: RawContext,
  policy: Policy,
  claims: readonly Raw[],
  nowSeconds: number,
): HookRequest {
  const issuance = knownIssuance.parse(eventFrom(context, policy).event);
  const request = requestFrom(issuance, madeBy(claims, issuance), nowSeconds, lifetimeSeconds);
  // The server refuses a second request with the id of another one.
  return { ...request, eventId: `trial-${randomUUID()}` };
}

/** An expression that we cannot evaluate, of others, makes no claim here. */
function madeBy(claims: readonly Raw[], issuance: KnownIssuance): MadeClaims {
  const access: Record<string, unknown> = {};
  const id: Record<string, unknown> = {};
  for (const claim of nativeOf(claims)) {
    const made = evaluateNative([claim], issuance);
    if ('failure' in made) continue;
    Object.assign(access, made.access);
    Object.assign(id, made.id);
  }
  return { access, id };
}

/** The claims of an authorization server as the simulator reads them. */
export function nativeOf(claims: readonly Raw[]): readonly NativeClaim[] {
  return claims.flatMap((claim): NativeClaim[] => {
    const [claimType, valueType] = [textAt(claim, 'claimType'), textAt(claim, 'valueType')];
    if (claim['system'] === true || claim['status'] !== 'ACTIVE') return [];
    if (claimType !== 'RESOURCE' && claimType !== 'IDENTITY') return [];
    if (valueType !== 'EXPRESSION' && valueType !== 'GROUPS') return [];
    const scopes = valueAt(claim, 'conditions', 'scopes');
    const filter = filterOf(textAt(claim, 'group_filter_type'));
    return [
      {
        name: textAt(claim, 'name'),
        status: 'ACTIVE',
        claimType,
        valueType,
        value: textAt(claim, 'value'),
        ...(filter === undefined ? {} : { group_filter_type: filter }),
        conditions: { scopes: Array.isArray(scopes) ? scopes.map(String) : [] },
        alwaysIncludeInToken: true,
      },
    ];
  });
}

function filterOf(text: string): NativeClaim['group_filter_type'] {
  return (['STARTS_WITH', 'EQUALS', 'CONTAINS', 'REGEX'] as const).find((filter) => filter === text);
}

/** A compilation with the claims and the audience of the org in place of those of the build. */
export function asDeployed(compilation: Compilation, claims: readonly Raw[], server: Raw): Compilation {
  const [audience] = listed(valueAt(server, 'audiences'));
  const artifacts = compilation.artifacts.map((artifact) => {
    if (artifact.path === 'native-claims.json')
      return { ...artifact, content: JSON.stringify(nativeOf(claims)) };
    if (artifact.path !== 'manifest.json') return artifact;
    const manifest: unknown = JSON.parse(artifact.content);
    if (!isMapping(manifest) || !isMapping(manifest['authorizationServer'])) return artifact;
    const authorizationServer = { ...manifest['authorizationServer'], audience };
    return { ...artifact, content: JSON.stringify({ ...manifest, authorizationServer }) };
  });
  return { ...compilation, artifacts };
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What the hook's answer shows of its policy. */
export type Seen =
  | { readonly kind: 'marker'; readonly value: string }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'other' };

/** @param marker the name of the policy marker's claim */
export function seenIn(answer: unknown, marker: string): Seen {
  const reason = valueAt(answer, 'error', 'errorSummary');
  if (typeof reason === 'string')
    return { kind: 'denied', reason: /^[\w.:-]{1,64}$/.test(reason) ? reason : 'a reason' };
  const path = `/claims/${marker.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  for (const command of listed(valueAt(answer, 'commands'))) {
    if (textAt(command, 'type') !== 'com.okta.access.patch') continue;
    for (const operation of listed(valueAt(command, 'value'))) {
      const value = valueAt(operation, 'value');
      if (textAt(operation, 'path') === path && typeof value === 'string') return { kind: 'marker', value };
    }
  }
  return { kind: 'other' };
}
