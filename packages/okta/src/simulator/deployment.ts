import type { Compilation } from '@claimsmith/core';
import { z } from 'zod';
import { loadHookFile } from '../compile/hook-file.ts';
import type { NativeClaim } from '../plan/native-claim.ts';
import type { HookPolicy } from '../platform/index.ts';
import { type Manifest, manifest } from '../wire.ts';

/** The deployment, read from the files. */
export interface Deployment {
  readonly manifest: Manifest;
  /** Undefined if nothing needs a hook. */
  readonly hook: HookPolicy | undefined;
  readonly native: readonly NativeClaim[];
}

/** A claim of an authorization server. */
export const nativeClaim: z.ZodType<NativeClaim> = z.object({
  name: z.string(),
  status: z.literal('ACTIVE'),
  claimType: z.enum(['RESOURCE', 'IDENTITY']),
  valueType: z.enum(['EXPRESSION', 'GROUPS']),
  value: z.string(),
  group_filter_type: z.enum(['STARTS_WITH', 'EQUALS', 'CONTAINS', 'REGEX']).exactOptional(),
  conditions: z.object({ scopes: z.array(z.string()) }),
  alwaysIncludeInToken: z.literal(true),
});

/** Read once: thousands of issuances may be simulated of one compilation. */
const deployments = new WeakMap<Compilation, Deployment>();

/** @throws the error of a file that is not ours */
export function deploymentOf(compilation: Compilation): Deployment {
  const deployment = deployments.get(compilation) ?? readDeployment(compilation);
  deployments.set(compilation, deployment);
  return deployment;
}

function readDeployment({ artifacts }: Compilation): Deployment {
  const contentOf = (name: string) => artifacts.find(({ path }) => path === name)?.content;
  const hook = contentOf('policy.mjs');
  return {
    manifest: manifest.parse(JSON.parse(contentOf('manifest.json') ?? '')),
    hook: hook === undefined ? undefined : loadHookFile(hook),
    native: z.array(nativeClaim).parse(JSON.parse(contentOf('native-claims.json') ?? '')),
  };
}
