import type { Artifact, Compilation } from '@claimsmith/core';
import { type Manifest, manifest } from '../wire.ts';

/** An Action of a build, with its code. */
export interface BuiltAction {
  readonly entry: Manifest['actions'][number];
  readonly code: string;
}

/** The Actions of a build. */
export function builtActions({ artifacts }: Compilation): readonly BuiltAction[] {
  const { actions } = manifest.parse(JSON.parse(contentOf(artifacts, 'manifest.json')));
  return actions.map((entry) => ({ entry, code: contentOf(artifacts, entry.file) }));
}

function contentOf(artifacts: readonly Artifact[], path: string): string {
  const found = artifacts.find((artifact) => artifact.path === path);
  if (found === undefined) throw new Error(`the build has no ${path}`);
  return found.content;
}
