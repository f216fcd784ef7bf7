import { type Issuer, isError, type Place, type Policy } from '@claimsmith/core';
import {
  accessOf,
  createSettings,
  DeployError,
  type Environment,
  type Journal,
  openJournals,
  settingsNeeded,
} from '@claimsmith/deploy';
import { CliError } from '../error.ts';
import { capable } from '../issuers.ts';
import type { Terminal } from '../output/terminal.ts';
import { showErrors, showFindings } from '../show/findings.ts';
import { type Loaded, loadOptions, loadSpec, narrowed } from '../spec/load.ts';
import { type LoadedEnvironment, loadEnvironment } from './environment.ts';

/** A policy, and the places of an environment that it is published to. */
export interface Publication {
  readonly loaded: Loaded;
  readonly policy: Policy;
  readonly environment: LoadedEnvironment;
  /** The values of parameters from the command line. */
  readonly set: readonly string[];
  readonly sites: readonly Site[];
  /** Journals of this policy whose place the environment does not have any more, or that is gone. */
  readonly left: readonly Left[];
  /** Requests that were sent so far. */
  requests(): { readonly reads: number; readonly writes: number };
}

/** A place with its journal. */
export interface Site {
  readonly issuer: Issuer;
  readonly place: Place;
  readonly journal: Journal;
}

/** A journal without a place. */
export interface Left {
  readonly issuer: Issuer;
  readonly journal: Journal;
}

export interface PublishFlags {
  readonly env: string | undefined;
  readonly set: readonly string[];
  readonly issuer: readonly string[];
  readonly 'no-scripts': boolean;
  readonly json: boolean;
}

/**
 * Reads a spec and an environment, and opens the environment's places. It asks a vendor only for places that a pattern names.
 *
 * @returns undefined after showing findings of error severity
 * @throws {CliError} or {TargetError}
 */
export async function openPublication(
  terminal: Terminal,
  spec: string | undefined,
  flags: PublishFlags,
): Promise<Publication | undefined> {
  const options = { ...loadOptions(terminal, flags), needsEnvironment: true };
  const whole = await loadSpec(spec, flags.issuer, terminal.cwd, options);
  const file = await loadEnvironment(whole, flags.env, terminal.cwd);
  const urgent = file.findings.filter(({ severity }) => severity !== 'info');
  const { environment } = file;
  const chosen = whole.issuers.filter(({ id }) => environment?.targets[id] !== undefined);
  const loaded = narrowed(whole, chosen);
  const errors = loaded.findings.filter(isError);
  const texts = [file.text, { file: loaded.file.name, text: loaded.text }];
  if (environment === undefined || loaded.policy === undefined || errors.length > 0) {
    await showErrors(terminal, flags.json, [...urgent, ...errors], texts);
    return undefined;
  }
  await showFindings(urgent, texts, terminal.paintErr, terminal.width, terminal.err);
  if (chosen.length === 0) {
    throw new CliError(
      'usage',
      `the environment ${file.name} has no target for ${whole.issuers.map(({ id }) => id).join(', ')}; these can be published to: ${capable('target')}`,
    );
  }
  const { policy } = loaded;
  return {
    loaded,
    policy,
    environment: file,
    set: flags.set,
    ...(await openSites(loaded, policy, file, environment, whole.issuers)),
  };
}

async function openSites(
  { policyAt }: Loaded,
  policy: Policy,
  file: LoadedEnvironment,
  environment: Environment,
  issuers: readonly Issuer[],
): Promise<Pick<Publication, 'sites' | 'left' | 'requests'>> {
  const journals = openJournals(file.journal);
  const settings = createSettings({
    references: environment.settings,
    folder: file.folder,
    key: journals.key,
  });
  const targets = issuers.flatMap((issuer) => {
    const target = environment.targets[issuer.id] === undefined ? undefined : file.targets[issuer.id];
    return target === undefined ? [] : [{ issuer, target }];
  });
  const needed = targets.some(({ target }) => target.fillsSettings !== false);
  await settings.assertReadable(needed ? settingsNeeded(policy) : []);
  const sent = { reads: 0, writes: 0 };
  const sites: Site[] = [];
  for (const { issuer, target } of targets) {
    const byPlace = new Map<string, Journal>();
    const journalOf = (place: string) => {
      const journal = byPlace.get(place) ?? journals.of(issuer.id, place);
      byPlace.set(place, journal);
      return journal;
    };
    const access = accessOf({
      secret: settings.secret,
      setting: settings.setting,
      known: (place, key) => journalOf(place).history().last.get(key),
      onRequest: (kind) => void (kind === 'read' ? sent.reads++ : sent.writes++),
    });
    const own = policyAt(issuer.id) ?? policy;
    for (const entry of environment.targets[issuer.id] ?? []) {
      for (const place of await target.places(own, entry, access)) {
        const journal = journalOf(place.name);
        assertSamePolicy(journal, policy);
        sites.push({ issuer, place, journal });
      }
    }
  }
  assertDistinct(sites);
  const known = new Set(sites.map(({ journal }) => journal.file));
  const left = issuers.flatMap((issuer) =>
    journals
      .all(issuer.id)
      .filter((journal) => !known.has(journal.file) && isInUse(journal, policy))
      .map((journal) => ({ issuer, journal })),
  );
  return { sites, left, requests: () => ({ ...sent }) };
}

/** Whether the last release is of this policy, and left something at its place. */
function isInUse({ history }: Journal, { name }: Policy): boolean {
  const last = history().releases.at(-1);
  return last !== undefined && last.policy === name && !(last.by === 'destroy' && last.isDone);
}

/** @throws {DeployError} `journal` if it is of another policy: its releases would be brought back here */
function assertSamePolicy({ file, history }: Journal, { name }: Policy): void {
  const known = history().releases.at(-1)?.policy;
  if (known === undefined || known === name) return;
  throw new DeployError(
    'journal',
    `${file} is of the policy ${known}, and the spec is ${name}. Give each policy a journal folder of its own, with \`journal\` in the environment. To rename a policy, destroy it under its old name, and move that file away.`,
  );
}

/** Two entries for one place would undo each other. */
function assertDistinct(sites: readonly Site[]): void {
  const seen = new Set<string>();
  for (const { issuer, place } of sites) {
    const name = `${issuer.id} ${place.name}`;
    if (seen.has(name))
      throw new CliError('usage', `two targets of the environment are the same place: ${name}`);
    seen.add(name);
  }
}
