import type { Finding } from '@claimsmith/core';
import type { PrettyOptions } from '@claimsmith/core/render';
import type { TextFile } from '@claimsmith/core/spec';
import type { Paint, Terminal } from '../output/terminal.ts';
import type { Loaded } from '../spec/load.ts';

/** Findings for a person, each with its lines; empty without findings. */
export async function showFindings(
  findings: readonly Finding[],
  sources: Loaded | readonly TextFile[],
  paint: Paint,
  width: number,
  print: (text: string) => void,
  options: Pick<PrettyOptions, 'maxLines' | 'withLines'> = {},
): Promise<void> {
  if (findings.length === 0) return;
  const { renderPretty } = await import('@claimsmith/core/render');
  const texts = 'file' in sources ? [{ file: sources.file.name, text: sources.text }] : sources;
  print(renderPretty(findings, { ...options, sources: texts, paint: findingPaint(paint), width }));
}

/**
 * The answer of a command that errors keep from its work: in JSON the document of `check`, and for a person the findings on
 * the error stream.
 */
export async function showErrors(
  terminal: Terminal,
  isJson: boolean,
  findings: readonly Finding[],
  sources: Loaded | readonly TextFile[],
): Promise<void> {
  const { renderJson } = await import('@claimsmith/core/render');
  if (isJson) terminal.out(renderJson(findings));
  await showFindings(findings, sources, terminal.paintErr, terminal.width, terminal.err);
}

/** Our styles under the names that core's renderer gives them. */
export function findingPaint({ bad, warn, note, strong, faint }: Paint) {
  return { error: bad, warning: warn, info: note, code: strong, strong, dim: faint };
}
