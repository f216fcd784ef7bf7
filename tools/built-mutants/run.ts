import { createHash } from 'node:crypto';
import { helpers } from '@claimsmith/cel';
import type { Artifact, Compilation } from '@claimsmith/core';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { fileDifferences } from '../../packages/cli/src/proof/built-files.ts';
import { termDifferences } from '../../packages/cli/src/proof/source-terms.ts';
import { issue } from '../../packages/cli/src/run/issue.ts';
import { stagesOf } from '../../packages/cli/src/run/stages.ts';
import type { Stage, Trial } from '../../packages/cli/src/run/trial.ts';
import { readTrials } from '../../packages/cli/src/run/trials.ts';
import { loadSpec } from '../../packages/cli/src/spec/load.ts';
import { LIBRARY } from '../../packages/core/src/program/library.gen.ts';
import { LIBRARY as KEYCLOAK } from '../../packages/keycloak/src/platform/library.gen.ts';
import { type Mutant, mutantsOf } from './places.ts';

/** What became of a small change of a built file. */
export interface Outcome extends Pick<Mutant, 'file' | 'at'> {
  readonly issuer: string;
  /** Where `test` first says that something is wrong; undefined: it says nothing. */
  readonly noticed: string | undefined;
}

/** Changes what is built from a spec, value by value, and runs its scenarios on each. */
export async function* runMutants(
  spec: string,
  isWanted: (issuer: string, mutant: Mutant) => boolean = () => true,
): AsyncGenerator<Outcome> {
  const loaded = await loadSpec(
    spec,
    issuers.map(({ id }) => id),
    process.cwd(),
  );
  const { stages } = await stagesOf(loaded);
  const { trials } = await readTrials(loaded, [], process.cwd());
  for (const stage of stages) {
    const issuer = stage.issuer.id;
    if ((await noticed(stage, trials, false)) !== undefined)
      throw new Error(`${spec} differs at ${issuer} as it is`);
    for (const artifact of stage.compilation.artifacts) {
      for (const mutant of mutantsOf(artifact, isShared)) {
        if (!isWanted(issuer, mutant)) continue;
        const compilation = withMutant(stage.compilation, mutant);
        const told = await noticed({ ...stage, compilation }, trials, mutant.file === 'realm.json');
        yield { issuer, file: mutant.file, at: mutant.at, noticed: told };
      }
    }
  }
}

async function noticed(
  stage: Stage,
  trials: readonly Trial[],
  isOfRealm: boolean,
): Promise<string | undefined> {
  const known = new Set<string>();
  try {
    const [fact] = await fileDifferences(stage);
    if (fact !== undefined) return `the built files: ${fact.at}`;
    // Of what is for a new server, no token tells: facts say it all.
    for (const trial of isOfRealm ? trials.slice(0, 1) : trials) {
      const preview = await issue(stage, trial);
      const terms = await termDifferences(stage, trial, preview, known);
      const [first] = [...preview.divergences, ...terms];
      if (first !== undefined) return `${trial.name}: ${first.at}`;
    }
    return undefined;
  } catch (error) {
    return `${error}`;
  }
}

function withMutant({ artifacts, findings }: Compilation, { file, content }: Mutant): Compilation {
  const changed = artifacts.map((artifact) => {
    if (artifact.path === file) return { ...artifact, content };
    return artifact.path.endsWith('.jar') && file.endsWith('.js')
      ? withScript(artifact, file, content)
      : artifact;
  });
  return { artifacts: changed.map((artifact) => redigested(artifact, artifacts, changed)), findings };
}

/** A manifest that fits the changed files: else their digests would tell of all changes, and hide what else does. */
function redigested(artifact: Artifact, before: readonly Artifact[], after: readonly Artifact[]): Artifact {
  if (artifact.path !== 'manifest.json') return artifact;
  const content = before.reduce((text, file, index) => {
    const [old, now] = [digestOf(file), digestOf(after[index] ?? file)];
    return text
      .replaceAll(old.sha256, now.sha256)
      .replaceAll(`"bytes": ${old.bytes},`, `"bytes": ${now.bytes},`);
  }, artifact.content);
  return { ...artifact, content };
}

function digestOf({ content, encoding }: Artifact) {
  const bytes = Buffer.from(content, encoding ?? 'utf8');
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

function withScript(jar: Artifact, file: string, content: string): Artifact {
  const files = unzipSync(Buffer.from(jar.content, 'base64'));
  return { ...jar, content: Buffer.from(zipSync({ ...files, [file]: strToU8(content) })).toString('base64') };
}

/** What every built file has that needs it, whatever the policy: tests of its own prove it. */
const shared = new Set(
  [helpers, LIBRARY, KEYCLOAK]
    .flatMap((library) => Object.values(library).flatMap(({ text }) => text.split('\n')))
    .map((line) => line.trim()),
);

function isShared(line: string): boolean {
  return shared.has(line);
}
