import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Compilation } from '@claimsmith/core';
import { onTestFinished } from 'vitest';

interface BuiltFunction {
  readonly handler: (event: object) => Promise<{
    readonly response: {
      readonly claimsAndScopeOverrideDetails: {
        readonly idTokenGeneration: unknown;
        readonly accessTokenGeneration: { readonly claimsToAddOrOverride: Readonly<Record<string, unknown>> };
      };
    };
  }>;
}

/** Loads a function into this process from a folder of its own, which has only the packages that the runtime of Lambda has. */
export async function functionOf({ artifacts }: Compilation): Promise<BuiltFunction> {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-function-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const { path, content } of artifacts) writeFileSync(join(folder, path), content);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(
    fileURLToPath(new URL('../../../node_modules/@aws-sdk', import.meta.url)),
    join(folder, 'node_modules/@aws-sdk'),
  );
  return await import(join(folder, 'index.mjs'));
}
