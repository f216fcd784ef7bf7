import { basename, dirname } from 'node:path';
import {
  checkIssuers,
  createPolicy,
  type Finding,
  type Issuer,
  isError,
  type Policy,
  type Profile,
  profiles,
  type SpecSource,
} from '@claimsmith/core';
import {
  type GivenParameters,
  readSpec,
  readSpecData,
  type Spec,
  type SpecReading,
} from '@claimsmith/core/spec';
import { CliError } from '../error.ts';
import { issuers } from '../issuers.ts';
import { nearest } from '../nearest.ts';
import { findSpec, type SpecFile, shown, specNames } from './find.ts';
import { givenParameters, type ParameterOptions } from './given-parameters.ts';
import { readText } from './read-text.ts';
import { assertMayRun, isScript, type Scripts, scriptsOf } from './scripts.ts';

/** A spec, checked at every issuer it is for. */
export interface Loaded {
  readonly file: SpecFile;
  /** As the author wrote it; empty if it is not text. */
  readonly text: string;
  /** Undefined if a finding that holds at every issuer forbids it. What all issuers have in common: see `policyAt`. */
  readonly policy: Policy | undefined;
  /** The policy of one issuer, to compile and to run there; undefined if a finding forbids it. */
  readonly policyAt: (issuer: string) => Policy | undefined;
  /** The issuers asked for: by name, else those that the spec names, else all. */
  readonly issuers: readonly Issuer[];
  readonly findings: readonly Finding[];
  /** The places of its parts; undefined if it cannot be read. */
  readonly source?: SpecSource;
}

/** How a spec is read. */
export interface LoadOptions extends ParameterOptions {
  /** Which TypeScript specs may run. Default: any. */
  readonly scripts?: Scripts;
  /** Rules to apply besides those for everybody. Default: none. */
  readonly profiles?: readonly Profile[];
  /** Ids of gateways that a token must pass. */
  readonly gateways?: readonly string[];
}

/** How the flags of a command say that a spec is read. */
export function loadOptions(
  terminal: { readonly isCi: boolean },
  flags: {
    readonly 'no-scripts': boolean;
    readonly set: readonly string[];
    readonly env: string | undefined;
    readonly profile?: readonly string[];
    readonly gateway?: readonly string[];
  },
): LoadOptions {
  const { set, env, profile = [], gateway = [] } = flags;
  return {
    scripts: scriptsOf(terminal, flags),
    set,
    profiles: profiles.filter((one) => profile.includes(one)),
    gateways: gateway,
    ...(env === undefined ? {} : { env }),
  };
}

/**
 * Finds a spec, reads it and checks it.
 *
 * @param only ids of issuers; empty for those that the spec names
 * @throws {CliError} `not_found`, `io`, `script`, or `usage` for an issuer that does not exist or a file of scenarios
 */
export async function loadSpec(
  argument: string | undefined,
  only: readonly string[],
  cwd: string,
  { scripts = 'any', profiles: asked = [], gateways = [], ...values }: LoadOptions = {},
): Promise<Loaded> {
  for (const id of only) await assertIssuer(id);
  const file = findSpec(argument, cwd);
  assertMayRun(file, scripts);
  const content = readText(file.path, file.name, file.folder);
  if (content.kind === 'not_text') {
    const message = `${file.name} is not UTF-8 text: byte ${content.byte + 1} is not part of a character.`;
    const help = 'Save the file as UTF-8. Some shells and editors write UTF-16.';
    const finding: Finding = { rule: 'TE001', severity: 'error', message, range: undefined, help };
    return { file, text: '', policy: undefined, policyAt: none, issuers: [], findings: [finding] };
  }
  const { text } = content;
  if (await isScenarioFile(file, text)) {
    const spec = shown(dirname(file.folder), cwd);
    throw new CliError(
      'usage',
      `${file.name} is a file of scenarios, not a spec; name the spec beside its folder: ${spec}`,
    );
  }
  const reading = await read(file, text, await givenParameters(file, cwd, values));
  const findings = [...reading.findings];
  if (reading.draft === undefined)
    return { file, text, policy: undefined, policyAt: none, issuers: [], findings };
  const { spec, source, flaws } = reading.draft;
  const chosen = chosenIssuers(spec, only);
  const created = createPolicy(spec, source, {
    flaws,
    today: today(),
    issuers: issuers.map(({ id }) => id),
    profiles: asked,
    gateways,
  });
  findings.push(...created.findings, ...checkIssuers(created, chosen));
  // Drafts help to find more errors; only a spec without errors becomes a policy.
  const policy = reading.spec === undefined ? undefined : created.policy;
  const policyAt = policy === undefined ? none : (issuer: string) => created.at(issuer).policy;
  return { file, text, policy, policyAt, issuers: chosen, findings, source: reading.draft.source };
}

const none = () => undefined;

/**
 * A spec as it is for some of its issuers: errors at the others count only where they alone are why there is no
 * policy.
 */
export function narrowed(loaded: Loaded, chosen: readonly Issuer[]): Loaded {
  const findings = loaded.findings.filter(
    ({ issuer }) => issuer === undefined || chosen.some(({ id }) => id === issuer),
  );
  const isExplained = loaded.policy !== undefined || findings.some(isError);
  return { ...loaded, issuers: chosen, findings: isExplained ? findings : loaded.findings };
}

/** Files that are certainly not specs, by their name or place. */
async function isScenarioFile(file: SpecFile, text: string): Promise<boolean> {
  const { path, folder, name } = file;
  if (isScript(file) || specNames.some((known) => known === basename(path))) return false;
  if (basename(folder) === 'scenarios') return true;
  const { holdsScenarios } = await import('./holds-scenarios.ts');
  return holdsScenarios(name, text);
}

/** The day on this machine: `2027-01-31`. */
function today(): string {
  const now = new Date();
  const month = String(now.getMonth() + 1).padStart(2, '0');
  return `${now.getFullYear()}-${month}-${String(now.getDate()).padStart(2, '0')}`;
}

type Reading = SpecReading | { readonly draft: undefined; readonly findings: readonly Finding[] };

async function read(file: SpecFile, text: string, given: GivenParameters): Promise<Reading> {
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  if (!isScript(file)) return readSpec({ file: file.name, text }, settings, given);
  const { readScript } = await import('./script.ts');
  const script = await readScript(file, text);
  if ('finding' in script) return { draft: undefined, findings: [script.finding] };
  const { data, locate } = script;
  return readSpecData({ file: file.name, text, data, locate }, settings, given);
}

/** The issuers of these ids; without ids those that a spec names, else all. */
export function chosenIssuers(spec: Spec, only: readonly string[]): readonly Issuer[] {
  const all: readonly Issuer[] = issuers;
  const wanted = only.length > 0 ? only : Object.keys(spec.issuers ?? {});
  return wanted.length > 0 ? all.filter(({ id }) => wanted.includes(id)) : all;
}

async function assertIssuer(id: string): Promise<void> {
  const ids = issuers.map((issuer) => issuer.id);
  if (ids.some((known) => known === id)) return;
  const near = await nearest(id, ids);
  throw new CliError('usage', `unknown issuer "${id}"${near || `; the issuers are ${ids.join(', ')}`}`);
}
