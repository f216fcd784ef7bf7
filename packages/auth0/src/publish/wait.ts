import { type Access, TargetError } from '@claimsmith/core';
import { versionsLimit } from '../limits.ts';
import { contentOf, deployedOf, isSameContent } from './action.ts';
import type { Client } from './client.ts';
import type { ActionImage } from './images.ts';
import type { Action } from './wire.ts';

/** What waiting for Auth0 needs. */
export interface Waiting {
  readonly client: Client;
  readonly access: Pick<Access, 'wait'>;
}

/** An Action that must be there. */
export async function existing(client: Client, id: string, name: string): Promise<Action> {
  const action = await client.action(id);
  if (action !== undefined) return action;
  throw new TargetError('changed', `The Action ${name} was deleted while it was written.`);
}

/** Auth0 wants some seconds, more if there are dependencies. */
const patienceMs = 120_000;
const pausesMs = [500, 1_000, 1_000, 2_000];

async function poll(
  { client, access }: Waiting,
  { id, name }: Pick<Action, 'id' | 'name'>,
  isDone: (action: Action) => boolean,
  late: string,
): Promise<Action> {
  let waitedMs = 0;
  for (let attempt = 0; ; attempt++) {
    const action = await existing(client, id, name);
    if (isDone(action)) return action;
    const pauseMs = pausesMs[attempt] ?? 3_000;
    if (waitedMs + pauseMs > patienceMs) throw new TargetError('unreachable', late);
    await access.wait(pauseMs);
    waitedMs += pauseMs;
  }
}

/** Waits until a draft is built. */
export async function untilBuilt(waiting: Waiting, action: Action, image: ActionImage): Promise<void> {
  const { name } = action;
  await poll(
    waiting,
    action,
    (current) => {
      if (!isSameContent(contentOf(current), image)) {
        throw new TargetError(
          'changed',
          `Somebody else changed the draft of the Action ${name} at the same time.`,
        );
      }
      if (current.status === 'failed') {
        const message = `Auth0 could not build the Action ${name}. What was deployed before still runs.`;
        throw new TargetError('refused', message);
      }
      return current.status === 'built';
    },
    `Auth0 has been building the Action ${name} for two minutes. What was deployed before still runs. Run the command again later.`,
  );
}

/** Deploys, and waits until it runs. If the answer is lost, what runs says whether it happened. */
export async function deployed(
  waiting: Waiting,
  before: Action,
  deploy: (client: Client) => Promise<number>,
): Promise<void> {
  const { client } = waiting;
  const { id, name } = before;
  const earlier = before.deployed_version?.number ?? 0;
  let number = earlier + 1;
  try {
    number = await deploy(client);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    if (error.code === 'refused') throw await deployRefused(client, before, error);
    if (!error.isUncertain) throw error;
    const now = await existing(client, id, name);
    const found = now.deployed_version?.number ?? 0;
    if (found > earlier) number = found;
    // A second version of the same content does no harm.
    else number = await deploy(client);
  }
  await poll(
    waiting,
    before,
    (action) => {
      const running = deployedOf(action)?.number ?? 0;
      if (running > number)
        throw new TargetError('changed', `Somebody else deployed the Action ${name} at the same time.`);
      return running === number;
    },
    `Auth0 has been deploying the Action ${name} for two minutes. Run the command again later.`,
  );
}

async function deployRefused(client: Client, { id, name }: Action, error: TargetError): Promise<TargetError> {
  const count = await client.versionCount(id, name).catch(() => 0);
  if (count < versionsLimit) return error;
  const message = `${error.message}. It has ${count} versions, and Auth0 keeps ${versionsLimit}. Delete the Action in the dashboard, and apply again.`;
  return new TargetError('refused', message, { cause: error });
}
