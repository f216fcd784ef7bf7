import type { Compilation } from '@claimsmith/core';
import { z } from 'zod';
import { enrichment } from '../simulator/emulator/input.ts';
import { type Manifest, manifest } from '../wire.ts';
import { type ProfileAttribute, profileAttribute } from './realm-state.ts';

/** What a build adds to a realm, as its files say. */
export interface Built {
  readonly enrichment: z.output<typeof enrichment>;
  readonly manifest: Manifest;
  /** The attributes of the user profile that the policy reads. */
  readonly attributes: readonly ProfileAttribute[];
  /** The client scope with the policy script, or with the marker and the audience. */
  readonly base: string | undefined;
}

/** Reads the files of a build. Undefined if there are none, because the build has errors. */
export function builtOf({ artifacts }: Compilation): Built | undefined {
  if (artifacts.length === 0) return undefined;
  const json = (file: string): unknown =>
    JSON.parse(artifacts.find(({ path }) => path === file)?.content ?? 'null');
  const said = manifest.parse(json('manifest.json'));
  const added = enrichment.parse(json('client-scopes.json'));
  const profile = z.object({ attributes: z.array(profileAttribute) }).parse(json('user-profile.json'));
  return {
    enrichment: added,
    manifest: said,
    attributes: profile.attributes.filter(({ name }) => said.requires.attributes.includes(name)),
    base: added.clientScopes[0]?.name,
  };
}
