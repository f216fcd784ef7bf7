import { dirname, join, resolve } from 'node:path';
import { countText } from '@claimsmith/cel';
import { type Issuer, isError } from '@claimsmith/core';
import { findingsReport } from '@claimsmith/core/render';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { exportFormats } from '../issuers.ts';
import { nearest } from '../nearest.ts';
import { assertRoom, bytesOf, writeOutputs } from '../output/folder.ts';
import { jsonDocument } from '../output/json.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { pad } from '../output/text.ts';
import { exportFolder } from '../run/export-folder.ts';
import { exportAll, type IssuerPart } from '../run/exported.ts';
import { showFindings } from '../show/findings.ts';
import { verdictOn } from '../show/verdict.ts';
import { shown } from '../spec/find.ts';
import { loadOptions, loadSpec } from '../spec/load.ts';
import { isWithin } from '../spec/paths.ts';

type Flags = FlagsOf<'export'>;

/** Writes a folder that another tool takes as it is. */
export async function exportSpec(
  terminal: Terminal,
  [spec]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const { cwd, width, paintErr } = terminal;
  const format = await knownFormat(flags.format);
  const loaded = await loadSpec(spec, flags.issuer, cwd, loadOptions(terminal, flags));
  if (loaded.policy !== undefined) assertOffered(format, loaded.issuers);
  const { folder, base } = placeOf(flags.out, format, loaded.file.folder, cwd);
  const { findings, parts } = await exportAll(loaded, format);
  const verdict = verdictOn(findings, flags['max-warnings'], terminal);
  const output =
    verdict === exit.fine && loaded.policy !== undefined ? exportFolder(loaded.policy, parts) : undefined;
  if (output !== undefined) {
    assertPlace(folder);
    writeOutputs([{ folder, base, ...output }]);
  }
  const files = (output?.artifacts ?? []).map((artifact) => ({
    path: shown(join(folder, artifact.path), cwd),
    bytes: bytesOf(artifact).length,
  }));
  if (flags.json) {
    const place = shown(folder, cwd);
    const issuers = parts.map(({ issuer }) => issuer.id);
    terminal.out(jsonDocument({ format, folder: place, issuers, files, ...findingsReport(findings) }));
    return verdict;
  }
  // What `check` reports is not repeated, except where it stops the export.
  const known = new Set(loaded.findings);
  const urgent = findings.filter(
    (finding) => isError(finding) || (!known.has(finding) && finding.accepted === undefined),
  );
  // Those of a format are all about an issuer as a whole, so its lines would say nothing.
  const style = verdict === exit.fine ? { withLines: false, maxLines: Number.POSITIVE_INFINITY } : {};
  await showFindings(urgent, loaded, paintErr, width, terminal.err, style);
  if (output !== undefined) terminal.out(showFiles(files, parts, terminal));
  return verdict;
}

/** @throws {CliError} `usage` without a format, or with one that no issuer has */
async function knownFormat(format: string | undefined): Promise<string> {
  const known = exportFormats();
  const names = known.map(({ format: name }) => name);
  if (format === undefined) throw new CliError('usage', `export needs --format: ${names.join(', ')}`);
  if (names.includes(format)) return format;
  const near = await nearest(format, names);
  throw new CliError('usage', `--format is one of ${names.join(', ')}, not "${format}"${near}`);
}

/** @throws {CliError} `usage` if none of the issuers has the format */
function assertOffered(format: string, chosen: readonly Issuer[]): void {
  if (chosen.some((issuer) => Object.hasOwn(issuer.exports ?? {}, format))) return;
  const owners = exportFormats().find((known) => known.format === format)?.issuers ?? [];
  throw new CliError(
    'usage',
    `--format ${format} is for ${owners.join(', ')}, and not for ${chosen.map(({ id }) => id).join(', ')}`,
  );
}

function placeOf(out: string | undefined, format: string, specFolder: string, cwd: string) {
  if (out === undefined) return { folder: join(specFolder, 'dist', 'export', format), base: specFolder };
  const folder = resolve(cwd, out);
  return { folder, base: folder !== cwd && isWithin(cwd, folder) ? cwd : dirname(folder) };
}

/** @throws {CliError} `io` for the root of the file system, and for a part of a folder that a build has written */
function assertPlace(folder: string): void {
  const above = dirname(folder);
  if (above === folder || dirname(above) !== above) assertRoom(above);
}

function showFiles(
  files: readonly { readonly path: string; readonly bytes: number }[],
  parts: readonly IssuerPart[],
  { paint }: Terminal,
): string {
  const name = Math.max(0, ...files.map(({ path }) => path.length));
  const sizes = files.map(({ bytes }) => countText(bytes));
  const size = Math.max(0, ...sizes.map((text) => text.length));
  const rows = files.map(
    ({ path }, index) => `  ${pad(path, name)}  ${paint.faint(`${sizes[index]?.padStart(size)} bytes`)}\n`,
  );
  const where = parts.map(({ issuer }) => issuer.title).join(', ');
  const page = files.find(({ path }) => path.endsWith('/README.md'))?.path;
  const next = page === undefined ? '' : `\nNext: read ${page}\n`;
  return `${rows.join('')}${paint.good('✓')} ${plural(files.length, 'file')} for ${where}\n${next}`;
}
