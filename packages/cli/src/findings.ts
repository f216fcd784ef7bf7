import type { Finding } from '@claimsmith/core';
import type { Loaded } from './spec/load.ts';
import type { Paint } from './terminal.ts';

/** A file that findings may point into. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Findings for a person, each with its lines; nothing where there are none. */
export async function showFindings(
  findings: readonly Finding[],
  sources: Loaded | readonly SourceText[],
  paint: Paint,
  width: number,
  print: (text: string) => void,
): Promise<void> {
  if (findings.length === 0) return;
  const { renderPretty } = await import('@claimsmith/core');
  const texts = 'file' in sources ? [{ file: sources.file.name, text: sources.text }] : sources;
  print(renderPretty(findings, { sources: texts, paint: findingPaint(paint), width }));
}

/** Our styles under the names that core's renderer gives them. */
export function findingPaint({ bad, warn, note, strong, faint }: Paint) {
  return { error: bad, warning: warn, info: note, code: strong, strong, dim: faint };
}
