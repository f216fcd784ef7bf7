import type { Policy } from '@claimsmith/core';

/** The script's file in the JAR; its provider is `script-` and this. */
export function scriptFile({ name }: Policy): string {
  return `claimsmith-${name}.js`;
}

export function jarFile({ name }: Policy): string {
  return `claimsmith-${name}.jar`;
}
