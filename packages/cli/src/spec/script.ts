import * as module from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Finding, SourceRange, Span } from '@claimsmith/core';
import type { Locator } from '@claimsmith/core/spec';
import { CliError } from '../error.ts';
import type { SpecFile } from './find.ts';
import { scriptLocator } from './script-locator.ts';

/** A TypeScript spec after evaluation, or why it has no data. */
export type ScriptSpec =
  | { readonly data: unknown; readonly locate: Locator }
  | { readonly data: undefined; readonly finding: Finding };

/** A module that waits for longer at its top level will not end. */
const longestLoadMs = 10_000;

/**
 * Evaluates `enrichment.config.ts` by Node's own type stripping, and takes its export `spec`.
 * This runs the author's code with all the rights of this process, as every config file in TypeScript does.
 *
 * @throws {CliError} `script` if this Node does not strip types
 */
export async function readScript({ path, name }: SpecFile, text: string): Promise<ScriptSpec> {
  if (typeof module.stripTypeScriptTypes !== 'function' || !process.features.typescript) {
    throw new CliError(
      'script',
      `${name} needs a Node that reads TypeScript: 22.19, 24.3 or later; this is ${process.version}`,
    );
  }
  const stripped = strip(name, text);
  if ('finding' in stripped) return { data: undefined, finding: stripped.finding };
  const url = pathToFileURL(path).href;
  let data: unknown;
  try {
    data = await load(url);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missing = /^Cannot find package '((?:@claimsmith\/|claimsmith\b)[^']*)'/.exec(message)?.[1];
    if (missing !== undefined) {
      return failed(
        `The spec imports \`${missing}\`, which is not installed here.`,
        importRange(name, text, missing),
        `Install it, \`npm install --save-dev ${missing}\`, or export the plain object: \`export const spec = { … }\`.`,
      );
    }
    return failed(`Evaluating the spec failed: ${message}`, stackRange(error, [url, path], name, text));
  }
  const locate = scriptLocator(stripped.script);
  if (data !== undefined) return { data, locate };
  const range = rangeOf(name, text, { start: 0, end: 0 });
  return failed(
    'The file does not export `spec`.',
    range,
    'Write `export const spec = defineEnrichment({ … })`.',
  );
}

function failed(message: string, range: SourceRange | undefined, help?: string): ScriptSpec {
  const finding: Finding = { rule: 'TE001', severity: 'error', message, range };
  return { data: undefined, finding: help === undefined ? finding : { ...finding, help } };
}

function importRange(name: string, text: string, missing: string): SourceRange | undefined {
  const start = text.search(new RegExp(`(?<=['"])${missing}['"]`));
  return start === -1 ? undefined : rangeOf(name, text, { start, end: start + missing.length });
}

async function load(url: string): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it did not finish within ${longestLoadMs / 1000} s`)),
      longestLoadMs,
    );
  });
  try {
    const loaded: unknown = await Promise.race([import(url), late]);
    return typeof loaded === 'object' && loaded !== null && 'spec' in loaded ? loaded.spec : undefined;
  } finally {
    clearTimeout(timer);
  }
}

function strip(name: string, text: string): { readonly script: string } | { readonly finding: Finding } {
  const emitWarning = process.emitWarning;
  // The function is experimental and warns on stderr; tests check what we need from it.
  process.emitWarning = () => {};
  try {
    return { script: module.stripTypeScriptTypes(text, { mode: 'strip' }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const range = syntaxRange(name, text, error);
    return { finding: { rule: 'TE001', severity: 'error', message: `${message}.`, range } };
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Node shows the place of a syntax error only as text: `:2`, the lines around it, and `^^^` below. */
function syntaxRange(file: string, text: string, error: unknown): SourceRange | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const carets = /^( *)(\^+)$/m.exec(stack);
  if (carets?.[1] === undefined || carets[2] === undefined) return undefined;
  const shownLine = stack.slice(0, carets.index).split('\n').at(-2) ?? '';
  const lineNumber = Number(/:(\d+)$/m.exec(stack)?.[1]);
  const lines = text.split('\n');
  if (lines[lineNumber - 1]?.replace(/\r$/, '') !== shownLine.replace(/\r$/, '')) return undefined;
  const start = offsetOf(lines, lineNumber, carets[1].length + 1);
  return rangeOf(file, text, { start, end: start + carets[2].length });
}

/** The place in the spec's own file that an error was thrown at. */
function stackRange(
  error: unknown,
  addresses: readonly string[],
  file: string,
  text: string,
): SourceRange | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = addresses.flatMap((address) => stack.split(`${address}:`).slice(1));
  const match = /^(\d+):(\d+)/.exec(frames[0] ?? '');
  if (match === null) return undefined;
  const start = offsetOf(text.split('\n'), Number(match[1]), Number(match[2]));
  return rangeOf(file, text, { start, end: start + 1 });
}

function offsetOf(lines: readonly string[], line: number, column: number): number {
  return lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

function rangeOf(file: string, text: string, { start, end }: Span): SourceRange {
  const position = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, offset };
  };
  return { file, start: position(start), end: position(end) };
}
