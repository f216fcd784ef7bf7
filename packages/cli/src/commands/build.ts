import { dirname, join, resolve } from 'node:path';
import { countText } from '@claimsmith/cel';
import { contractOf, isError, issuerLookups, newFindings } from '@claimsmith/core';
import { findingsReport } from '@claimsmith/core/render';
import { lookupsFiles } from '@claimsmith/host-js';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import {
  assertRoom,
  bytesOf,
  compareOutput,
  type Difference,
  type Output,
  writeOutputs,
} from '../output/folder.ts';
import { jsonDocument } from '../output/json.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { pad } from '../output/text.ts';
import { showFindings } from '../show/findings.ts';
import { verdictOn } from '../show/verdict.ts';
import { shown } from '../spec/find.ts';
import { type Loaded, loadOptions, loadSpec } from '../spec/load.ts';
import { isWithin } from '../spec/paths.ts';

type Flags = FlagsOf<'build'>;

/** Writes each issuer's files, or with `--check` reports whether they are current. */
export async function build(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const loaded = await loadSpec(spec, flags.issuer, terminal.cwd, loadOptions(terminal, flags));
  const root = flags.out === undefined ? join(loaded.file.folder, 'dist') : resolve(terminal.cwd, flags.out);
  const base = flags.out === undefined ? loaded.file.folder : baseOf(root, terminal.cwd);
  const { findings, outputs } = await compileAll(loaded, root, base, flags.issuer.length === 0);
  const verdict = verdictOn(findings, flags['max-warnings'], terminal);
  const failed = verdict !== exit.fine;
  const differences = failed || !flags.check ? [] : outputs.flatMap(differencesOf);
  if (!failed && !flags.check) {
    assertRoom(root);
    writeOutputs(outputs);
  }
  if (flags.json) {
    terminal.out(
      jsonDocument({ ...report(outputs, differences, terminal.cwd), ...findingsReport(findings) }),
    );
  } else {
    // Infos are for `check`; a build shows only what needs an answer.
    const urgent = findings.filter(
      (finding) =>
        isError(finding) ||
        (!flags.check && finding.severity === 'warning' && finding.accepted === undefined),
    );
    await showFindings(urgent, loaded, terminal.paintErr, terminal.width, terminal.err);
    if (!failed)
      terminal.out(
        flags.check ? showDifferences(differences, outputs, terminal) : showFiles(outputs, terminal),
      );
  }
  return failed || differences.length > 0 ? exit.findings : exit.fine;
}

/**
 * Anybody may have created folders below the current one, for example in a checkout. Of another path, only the last
 * part is new.
 */
function baseOf(root: string, cwd: string): string {
  return isWithin(cwd, root) ? cwd : dirname(root);
}

interface IssuerOutput extends Output {
  readonly issuer: string;
}

interface FileDifference extends Difference {
  readonly issuer: string;
  readonly folder: string;
}

/** The folder with what services need. */
const forServices = 'services';

/** @param isWhole whether it is for all issuers of the spec: services need to know them all */
async function compileAll(
  { policy: general, policyAt, issuers, findings: known }: Loaded,
  root: string,
  base: string,
  isWhole: boolean,
) {
  const findings = [...known];
  const outputs: IssuerOutput[] = [];
  if (known.some(isError)) return { findings, outputs };
  for (const issuer of issuers) {
    const policy = policyAt(issuer.id);
    if (policy === undefined) continue;
    const compilation = await issuer.compile(policy);
    findings.push(...newFindings(compilation.findings, known));
    const { artifacts } = compilation;
    outputs.push({ issuer: issuer.id, folder: join(root, issuer.id), base, artifacts });
  }
  if (isWhole && general !== undefined) {
    const contract = contractOf(general, issuers, policyAt);
    const lookups = new Map(
      issuers.flatMap((issuer) => {
        const own = policyAt(issuer.id);
        return own === undefined ? [] : [[issuer.id, issuerLookups(own, issuer)] as const];
      }),
    );
    const artifacts = [
      { path: 'contract.json', content: jsonDocument(contract) },
      ...lookupsFiles(general, lookups),
    ];
    outputs.push({ issuer: forServices, folder: join(root, forServices), base, artifacts });
  }
  return { findings, outputs: findings.some(isError) ? [] : outputs };
}

function differencesOf(output: IssuerOutput): FileDifference[] {
  const { issuer, folder } = output;
  return compareOutput(output).map((difference) => ({ ...difference, issuer, folder }));
}

function report(outputs: readonly IssuerOutput[], differences: readonly FileDifference[], cwd: string) {
  return {
    files: outputs.flatMap(({ issuer, folder, artifacts }) =>
      artifacts.map((artifact) => ({
        issuer,
        path: shown(join(folder, artifact.path), cwd),
        bytes: bytesOf(artifact).length,
      })),
    ),
    differences: differences.map(({ issuer, folder, path, kind }) => ({
      issuer,
      path: shown(join(folder, path), cwd),
      kind,
    })),
  };
}

function showFiles(outputs: readonly IssuerOutput[], { paint, cwd }: Terminal): string {
  const { files } = report(outputs, [], cwd);
  const name = Math.max(0, ...files.map(({ path }) => path.length));
  const sizes = files.map(({ bytes }) => countText(bytes));
  const size = Math.max(0, ...sizes.map((text) => text.length));
  const rows = files.map(
    ({ path }, index) => `  ${pad(path, name)}  ${paint.faint(`${sizes[index]?.padStart(size)} bytes`)}\n`,
  );
  const built = outputs.filter(({ issuer }) => issuer !== forServices);
  const where = plural(built.length, 'issuer');
  return `${rows.join('')}${paint.good('✓')} ${plural(files.length, 'file')} for ${where}\n`;
}

const kinds = {
  missing: 'is missing',
  changed: 'differs from what the spec gives',
  extra: 'does not belong there',
} as const;

function showDifferences(
  differences: readonly FileDifference[],
  outputs: readonly IssuerOutput[],
  { paint, cwd, program }: Terminal,
): string {
  if (differences.length === 0) {
    const count = outputs.reduce((sum, { artifacts }) => sum + artifacts.length, 0);
    return `${paint.good('✓')} ${plural(count, 'file')} on disk are current\n`;
  }
  const rows = report([], differences, cwd).differences;
  const width = Math.max(...rows.map(({ path }) => path.length));
  const lines = rows.map(({ path, kind }) => `  ${pad(path, width)}  ${paint.bad(kinds[kind])}\n`);
  return `${lines.join('')}${paint.bad('✗')} ${plural(rows.length, 'difference')}; ${program} build writes the files\n`;
}
