import type { Artifact, Compilation } from '@claimsmith/core';
import { z } from 'zod';
import type { NativeClaim } from '../plan/native-claim.ts';
import { type Manifest, manifest } from '../wire.ts';

/** What a build has for an org. */
export interface Built {
  readonly manifest: Manifest;
  readonly claims: readonly NativeClaim[];
  /** The file for the hook server, if there is a hook, and the manifest. */
  readonly forPeople: readonly Artifact[];
}

const nativeClaims: z.ZodType<readonly NativeClaim[]> = z.array(
  z.strictObject({
    name: z.string(),
    status: z.literal('ACTIVE'),
    claimType: z.enum(['RESOURCE', 'IDENTITY']),
    valueType: z.enum(['EXPRESSION', 'GROUPS']),
    value: z.string(),
    group_filter_type: z.enum(['STARTS_WITH', 'EQUALS', 'CONTAINS', 'REGEX']).exactOptional(),
    conditions: z.strictObject({ scopes: z.array(z.string()) }),
    alwaysIncludeInToken: z.literal(true),
  }),
);

export function builtOf({ artifacts }: Compilation): Built {
  const file = (path: string) => artifacts.find((artifact) => artifact.path === path);
  const json = (path: string): unknown => JSON.parse(file(path)?.content ?? '');
  return {
    manifest: manifest.parse(json('manifest.json')),
    claims: nativeClaims.parse(json('native-claims.json')),
    forPeople: artifacts.filter(({ path }) => path === 'policy.mjs' || path === 'manifest.json'),
  };
}
