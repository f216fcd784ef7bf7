import { type Artifact, type Compilation, own, type Policy } from '@claimsmith/core';
import { enrichmentOf } from '../compile/enrichment.ts';
import type { Enrichment } from '../representation.ts';
import { type Manifest, manifest } from '../wire.ts';

/** What a build has for realms. */
export interface Built {
  readonly manifest: Manifest;
  readonly enrichment: Enrichment;
  /** What a server and an administrator need, and no tool takes: the JAR, and the user profile. */
  readonly forPeople: readonly Artifact[];
}

export function builtOf(policy: Policy, { artifacts }: Compilation): Built {
  const text = artifacts.find(({ path }) => path === 'manifest.json')?.content ?? '';
  const parsed = manifest.parse(JSON.parse(text));
  const wanted = ['user-profile.json', parsed.script?.file];
  const forPeople = artifacts.filter(({ path }) => wanted.includes(path));
  return { manifest: parsed, enrichment: enrichmentOf(policy), forPeople };
}

/** Attributes of a client scope that are not Keycloak's own: ours. */
export function ownAttributes(
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes).filter(([key]) => own(keycloakAttributes, key) !== true),
  );
}

const keycloakAttributes: Readonly<Record<string, true>> = {
  'include.in.token.scope': true,
  'display.on.consent.screen': true,
  'consent.screen.text': true,
  'include.in.openid.provider.metadata': true,
  'gui.order': true,
};
