import { type Access, type Json, type Secret, TargetError } from '@claimsmith/core';
import { type Archive, archiveFrom } from './archive.ts';
import type { FunctionSettings } from './client.ts';
import { othersIn, variablesOf } from './environment.ts';
import { type FunctionImage, parseFunctionImage, parseMemo } from './images.ts';
import { aliasName } from './names.ts';
import { type FunctionState, imageOf, readFunction, type Site } from './state.ts';
import type { FunctionConfiguration } from './wire.ts';

/**
 * Brings a function to what it should be: code and settings of `$LATEST`, then a version, then the alias. Until the alias
 * moves, nothing has changed for a login; a run that is ended before is gone on with by the next one.
 *
 * @param values of the policy's settings, by name
 */
export async function deployFunction(
  site: Site,
  after: { readonly image: Json; readonly memo?: Json | undefined },
  values: ReadonlyMap<string, Secret>,
): Promise<void> {
  const image = parseFunctionImage(after.image);
  if (!image.live) {
    const message = `Lambda's alias ${aliasName} cannot be taken back. Delete it in the console.`;
    throw new TargetError('refused', message);
  }
  for (const name of Object.keys(image.environment)) site.variables.add(name);
  const memo = parseMemo(after.memo);
  const state = await readFunction(site);
  const earlier = await restorable(site, state, image, memo.version);
  if (earlier !== undefined) return await moveAlias(site, state, earlier);
  const archive = site.archives.get(image.code) ?? (memo.archive && archiveFrom(memo.archive));
  if (archive === undefined || archive === '' || archive.sha256 !== image.code) throw codeIsGone();
  // For the journal, which is written after this.
  site.archives.set(archive.sha256, archive);
  const settings = settingsOf(site, image, state?.latest, await environmentOf(site, image, values));
  const latest = await updated(site, state?.latest, archive, settings);
  const version = await site.client.publish(image.code, latest.RevisionId);
  await published(site, version, image);
  await moveAlias(site, state, version);
}

function codeIsGone(): TargetError {
  return new TargetError(
    'refused',
    'Lambda does not have that version any more, and the journal does not have its code. Apply the spec of that time instead.',
  );
}

/**
 * The version that the journal names, if it is there, is what is wanted, and has the values of today. One whose values the
 * environment does not have any more is taken, too. After a function was deleted, its numbers begin anew.
 */
async function restorable(
  { client, access, ...site }: Site,
  state: FunctionState | undefined,
  image: FunctionImage,
  version: string | undefined,
): Promise<string | undefined> {
  if (state === undefined || version === undefined || version === '$LATEST') return undefined;
  const found = await client.configuration(version);
  if (found === undefined) return undefined;
  const has = await imageOf({ client, access, ...site }, found, state.alias);
  const isSame =
    textOf(withoutValues(has)) === textOf(withoutValues(image)) &&
    Object.keys(has.environment).sort().join() === Object.keys(image.environment).sort().join();
  if (!isSame) return undefined;
  for (const [name, { $secret }] of Object.entries(has.environment)) {
    const today = await settingOfToday(access, name);
    if (today !== undefined && today.digest !== $secret) return undefined;
  }
  return version;
}

/** Undefined: the environment does not have it any more. */
async function settingOfToday(access: Access, name: string): Promise<Secret | undefined> {
  try {
    return await access.setting(name);
  } catch (error) {
    if (error instanceof TargetError) return undefined;
    throw error;
  }
}

function withoutValues({ environment: _, traffic: __, live: ___, ...image }: FunctionImage): object {
  return image;
}

function textOf(image: object): string {
  return JSON.stringify(Object.entries(image).sort());
}

/** The variables to write: ours, and those that others have set. */
async function environmentOf(
  site: Site,
  image: FunctionImage,
  values: ReadonlyMap<string, Secret>,
): Promise<Readonly<Record<string, string>>> {
  const variables: Record<string, string> = {};
  for (const name of Object.keys(image.environment)) {
    const secret = values.get(name) ?? (await site.access.setting(name));
    variables[name] = secret.reveal();
  }
  return variables;
}

function settingsOf(
  site: Site,
  image: FunctionImage,
  latest: FunctionConfiguration | undefined,
  variables: Readonly<Record<string, string>>,
): FunctionSettings {
  return {
    Description: image.description,
    Runtime: image.runtime,
    Handler: image.handler,
    Role: image.role,
    MemorySize: image.memoryMb,
    Timeout: image.timeoutSeconds,
    Environment: { Variables: { ...othersIn(latest, site.variables), ...variables } },
  };
}

/** `$LATEST` with the code and the settings. What is as it should be already is not written again. */
async function updated(
  site: Site,
  latest: FunctionConfiguration | undefined,
  archive: Archive,
  settings: FunctionSettings,
): Promise<FunctionConfiguration> {
  const { client } = site;
  if (latest === undefined) {
    await created(site, archive, settings);
    return await ready(site, archive, settings);
  }
  let current = await settled(site);
  if (current.CodeSha256 !== archive.sha256) {
    await client.updateCode(archive.zip, current.RevisionId);
    current = await settled(site);
  }
  if (!hasSettings(current, settings)) await client.updateSettings(settings, current.RevisionId);
  return await ready(site, archive, settings);
}

/** If the answer is lost, the function may exist: then it is the one with the code. */
async function created(site: Site, archive: Archive, settings: FunctionSettings): Promise<void> {
  try {
    await site.client.create(archive.zip, settings);
  } catch (error) {
    if (!(error instanceof TargetError) || !error.isUncertain) throw error;
    const there = await site.client.configuration();
    if (there?.CodeSha256 !== archive.sha256) throw error;
  }
}

/** `$LATEST` when Lambda has taken the update, and as it was written: else somebody else is at work there. */
async function ready(
  site: Site,
  { sha256 }: Archive,
  settings: FunctionSettings,
): Promise<FunctionConfiguration> {
  const current = await settled(site);
  if (current.CodeSha256 === sha256 && hasSettings(current, settings)) return current;
  const message = `Somebody else changed the function ${site.functionName} at the same time.`;
  throw new TargetError('changed', message);
}

function hasSettings(current: FunctionConfiguration, settings: FunctionSettings): boolean {
  const variables = (all: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(all).sort());
  return (
    current.Description === settings.Description &&
    current.Runtime === settings.Runtime &&
    current.Handler === settings.Handler &&
    current.Role === settings.Role &&
    current.MemorySize === settings.MemorySize &&
    current.Timeout === settings.Timeout &&
    variables(variablesOf(current)) === variables(settings.Environment.Variables)
  );
}

/** Lambda takes seconds, and more in a VPC. */
const patienceMs = 120_000;
const pausesMs = [300, 500, 1_000, 2_000];

/** `$LATEST`, or a version, when no update of it is under way. */
async function settled(site: Site, version?: string): Promise<FunctionConfiguration> {
  const { client, access, functionName } = site;
  let waitedMs = 0;
  for (let attempt = 0; ; attempt++) {
    const current = await client.configuration(version);
    if (current === undefined) {
      const message = `The function ${functionName} was deleted while it was written.`;
      throw new TargetError('changed', message);
    }
    const { State = 'Active', LastUpdateStatus = 'Successful' } = current;
    if (State === 'Failed' || LastUpdateStatus === 'Failed') {
      const message = `Lambda could not update the function ${functionName}; the console says why. What the alias ran before still runs.`;
      throw new TargetError('refused', message);
    }
    // A function that nobody has called for a long time is `Inactive`; the first call wakes it.
    if (State !== 'Pending' && LastUpdateStatus === 'Successful') return current;
    const pauseMs = pausesMs[attempt] ?? 3_000;
    if (waitedMs + pauseMs > patienceMs) {
      const message = `Lambda has been updating the function ${functionName} for two minutes. Run the command again later.`;
      throw new TargetError('unreachable', message);
    }
    await access.wait(pauseMs);
    waitedMs += pauseMs;
  }
}

/** A version that can run, and has what is wanted: else another one was published in between. */
async function published(site: Site, version: string, image: FunctionImage): Promise<void> {
  const found = await settled(site, version);
  if (found.CodeSha256 === image.code && found.Description === image.description) return;
  const message = `Somebody else published a version of the function ${site.functionName} at the same time.`;
  throw new TargetError('changed', message);
}

/** Creates the alias, or moves it, and takes back what others have made it share of the calls. */
async function moveAlias({ client }: Site, state: FunctionState | undefined, version: string): Promise<void> {
  if (state?.alias === undefined) await client.createAlias(version);
  else await client.moveAlias(version, state.alias.RevisionId);
}
