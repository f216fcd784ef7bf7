import { type Change, type Json, type Resource, type Secret, TargetError } from '@claimsmith/core';
import { actionTriggers } from '../limits.ts';
import { contentOf, deployedOf, isSameContent, memoOf } from './action.ts';
import type { Draft } from './client.ts';
import { type ActionImage, parseActionImage, parseMemo } from './images.ts';
import type { SecretDigests } from './secret-digests.ts';
import { deployed, existing, untilBuilt, type Waiting } from './wait.ts';
import type { Action } from './wire.ts';

/** What a deployment needs besides the Action. */
export interface Means extends Waiting {
  readonly digests: SecretDigests;
  /** The value of a setting, by name; undefined: the environment does not have it. */
  readonly secretOf: (name: string) => Promise<Secret | undefined>;
}

/** Creates an Action, or brings an existing one to what it should be, and returns when Auth0 runs it. */
export async function deployAction(
  means: Means,
  name: string,
  change: Change,
  now: Resource | undefined,
): Promise<void> {
  const { after } = change;
  if (after === undefined) return;
  const image = parseActionImage(after.image);
  if (!image.deployed) {
    throw new TargetError(
      'refused',
      `Auth0 cannot undo that ${name} is deployed. Unbind it in the dashboard.`,
    );
  }
  const action =
    now?.id === undefined ? await create(means, name, image) : await existing(means.client, now.id, name);
  // Those of an Action that was just created are the wanted ones.
  const secrets = now === undefined ? image.secrets : parseActionImage(now.image).secrets;
  const version = await restorable(means, action, image, after.memo);
  if (version !== undefined) await redeploy(means, action, version);
  else if (!isRunning(action, image) || !isSameSecrets(image.secrets, secrets)) {
    await deployDraft(means, action, image, secrets);
  }
  await restoreDraft(means, await existing(means.client, action.id, name), image);
}

/** If the answer is lost, the Action may exist: then it is the one with the name. */
async function create(means: Means, name: string, image: ActionImage): Promise<Action> {
  const { client, digests } = means;
  const values = await valuesOf(image.secrets, means);
  try {
    const id = await client.createAction({ ...draftOf(image, values), name });
    const action = await existing(client, id, name);
    digests.remember(action, digestsOf(values));
    return action;
  } catch (error) {
    if (!(error instanceof TargetError) || !error.isUncertain) throw error;
    const action = await client.actionNamed(name);
    if (action === undefined || !isSameContent(contentOf(action), image)) throw error;
    digests.remember(action, digestsOf(values));
    return action;
  }
}

/** Sets the draft unless it is as it should be already, waits until it is built, and deploys it. */
async function deployDraft(
  means: Means,
  action: Action,
  image: ActionImage,
  secrets: ActionImage['secrets'],
): Promise<void> {
  const isReady =
    isSameContent(contentOf(action), image) &&
    action.status !== 'failed' &&
    isSameSecrets(image.secrets, secrets);
  if (!isReady) await setDraft(means, action, image, secrets);
  await untilBuilt(means, action, image);
  await deployed(means, action, (client) => client.deploy(action.id, action.name));
}

async function setDraft(
  means: Means,
  action: Action,
  image: ActionImage,
  secrets: ActionImage['secrets'],
): Promise<void> {
  const { client, digests } = means;
  const isKept = isSameSecrets(image.secrets, secrets);
  const values = isKept ? undefined : await valuesOf(image.secrets, means);
  let problem: TargetError | undefined;
  try {
    await client.updateAction(action.id, action.name, draftOf(image, values));
  } catch (error) {
    if (!(error instanceof TargetError) || !error.isUncertain) throw error;
    problem = error;
  }
  const after = await existing(client, action.id, action.name);
  const isSet = isSameContent(contentOf(after), image) && (isKept || areNewer(after, action));
  if (problem !== undefined && !isSet) throw problem;
  digests.remember(after, values === undefined ? secrets : digestsOf(values));
}

/** Whether all secrets of an Action were set again. */
function areNewer(after: Action, before: Action): boolean {
  const times = memoOf(before).secrets;
  return after.secrets.every(({ name, updated_at }) => times[name] !== updated_at);
}

/**
 * The version that the journal names, if it is still there, holds what is wanted, and has the secrets of today. Secrets that
 * the environment does not have any more are taken from it, too.
 */
async function restorable(
  { client, secretOf }: Means,
  action: Action,
  image: ActionImage,
  memo: Json | undefined,
): Promise<string | undefined> {
  const { version: id } = parseMemo(memo);
  if (id === undefined || deployedOf(action)?.id === id) return undefined;
  const version = await client.version(action.id, id);
  if (version === undefined || !isSameContent(contentOf(version), image)) return undefined;
  const names = Object.keys(image.secrets);
  const isSameNames = names.toSorted().join() === namesOf(version.secrets).toSorted().join();
  const times = memoOf(action).secrets;
  const isOfToday = version.secrets.every(({ name, updated_at }) => times[name] === updated_at);
  if (!isSameNames) return undefined;
  if (isOfToday) return id;
  const values = await Promise.all(names.map(secretOf));
  return values.includes(undefined) ? id : undefined;
}

async function redeploy(means: Means, action: Action, version: string): Promise<void> {
  await deployed(means, action, (client) => client.deployVersion(action.id, version, action.name));
}

/** The draft is what runs, or what somebody had not deployed. */
async function restoreDraft({ client }: Means, action: Action, image: ActionImage): Promise<void> {
  const wanted = { ...image, ...image.draft };
  if (isSameContent(contentOf(action), wanted)) return;
  await client.updateAction(action.id, action.name, draftOf(wanted, undefined));
}

function isRunning(action: Action, image: ActionImage): boolean {
  const runs = deployedOf(action);
  return runs !== undefined && isSameContent(contentOf(runs), image);
}

function isSameSecrets(a: ActionImage['secrets'], b: ActionImage['secrets']): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => a[name]?.$secret === b[name]?.$secret)
  );
}

function namesOf(secrets: Action['secrets']): readonly string[] {
  return secrets.map(({ name }) => name);
}

type Values = readonly { readonly name: string; readonly secret: Secret }[];

/** The values to send. The list replaces the one at Auth0, so it is sent whole or not at all. */
async function valuesOf(secrets: ActionImage['secrets'], { secretOf }: Means): Promise<Values> {
  const values: Values[number][] = [];
  for (const name of Object.keys(secrets)) {
    const secret = await secretOf(name);
    if (secret === undefined) {
      const message = `The environment does not have the value of \${${name}}, which the Action needs.`;
      throw new TargetError('settings', message);
    }
    values.push({ name, secret });
  }
  return values;
}

function digestsOf(values: Values): ActionImage['secrets'] {
  return Object.fromEntries(values.map(({ name, secret }) => [name, { $secret: secret.digest }]));
}

function draftOf(image: ActionImage, values: Values | undefined): Draft {
  const [wanted, version = ''] = image.trigger.split(' ');
  const id = Object.values(actionTriggers).find((each) => each === wanted);
  if (id === undefined)
    throw new TargetError('refused', `Claimsmith publishes no Action for ${image.trigger}.`);
  return {
    supported_triggers: [{ id, version }],
    code: image.code.$code,
    runtime: image.runtime,
    dependencies: Object.entries(image.dependencies).map(([name, packageVersion]) => ({
      name,
      version: packageVersion,
    })),
    ...(values === undefined
      ? {}
      : { secrets: values.map(({ name, secret }) => ({ name, value: secret.reveal() })) }),
  };
}
