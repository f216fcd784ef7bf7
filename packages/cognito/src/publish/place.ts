import {
  type Access,
  type Change,
  type Place,
  type Policy,
  type Reading,
  type Resource,
  TargetError,
} from '@claimsmith/core';
import { archiveFrom } from './archive.ts';
import { askPool } from './ask.ts';
import type { Client } from './client.ts';
import { deployFunction } from './deployment.ts';
import type { Entry } from './entry.ts';
import { type Values, valuesOf, variableNames } from './environment.ts';
import { environmentNames, parseMemo } from './images.ts';
import { aliasArn, functionKey, functionNameOf, statementId, subjectOf } from './names.ts';
import { orderOf } from './order.ts';
import { permissionResource, principal } from './permission.ts';
import { existingPool, triggerResource, writeTrigger } from './pool.ts';
import { functionResource, readFunction, type Site } from './state.ts';
import { wantedOf } from './wanted.ts';

/** A user pool and its function as a place. */
export function placeOf(policy: Policy, entry: Entry, access: Access, client: Client): Place {
  const name = entry.userPoolId;
  const functionName = functionNameOf(policy, entry);
  const known = access.known(name, functionKey(functionName));
  const kept = parseMemo(known?.memo).archive;
  const archives: Site['archives'] = new Map();
  if (kept !== undefined) archives.set(archiveFrom(kept).sha256, archiveFrom(kept));
  const variables = new Set([...variableNames(policy), ...environmentNames(known?.image)]);
  const site: Site = { policy, entry, access, client, functionName, archives, variables };
  let values: Values | undefined;
  const valuesNow = async () => {
    values ??= await valuesOf(variableNames(policy), access);
    return values;
  };
  return {
    name,
    compile: async () => (await import('../compile/compile.ts')).compile(policy),
    read: async () => read(site, await valuesNow()),
    order: orderOf,
    look: (change) => look(site, change),
    write: async (change) => write(site, change, await valuesNow()),
    ask: (question) => askPool(site, question),
  };
}

/** Five requests for a place that is in order. */
async function read(site: Site, values: Values): Promise<Reading> {
  const { client, entry, functionName } = site;
  const pool = await existingPool(client);
  const state = await readFunction(site);
  const found = [
    state && (await functionResource(site, state)),
    state?.alias && permissionResource(await client.statements(), entry),
    triggerResource(pool, aliasArn(pool.Arn, functionName)),
  ];
  return {
    resources: found.filter((resource) => resource !== undefined),
    want: (compilation) => wantedOf({ site, pool, state, values }, compilation),
  };
}

async function look(site: Site, { key }: Change): Promise<Resource | undefined> {
  const { client, entry, functionName } = site;
  switch (subjectOf(key)) {
    case 'function': {
      const state = await readFunction(site);
      return state && (await functionResource(site, state));
    }
    case 'permission':
      return permissionResource(await client.statements(), entry);
    case 'trigger': {
      const pool = await existingPool(client);
      return triggerResource(pool, aliasArn(pool.Arn, functionName));
    }
    default:
      return undefined;
  }
}

async function write(site: Site, { key, kind, after }: Change, { values }: Values): Promise<void> {
  const { client } = site;
  switch (subjectOf(key)) {
    case 'function':
      if (after === undefined) await client.deleteFunction();
      else await deployFunction(site, after, values);
      return;
    case 'permission':
      return await writePermission(site, kind);
    case 'trigger':
      return await writeTrigger(client, after?.image);
    default:
      throw new TargetError('refused', `Claimsmith publishes no ${key}.`);
  }
}

/** A statement cannot be changed: it is removed and made again, and in between nobody gets a token. */
async function writePermission({ client, entry }: Site, kind: Change['kind']): Promise<void> {
  const id = statementId(entry.userPoolId);
  if (kind !== 'create') await client.disallow(id);
  if (kind === 'delete') return;
  const { Arn: source } = await existingPool(client);
  await client.allow(id, { principal, source });
}
