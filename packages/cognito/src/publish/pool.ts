import { isMapping, type Json, type Resource, TargetError } from '@claimsmith/core';
import type { Client } from './client.ts';
import { type TriggerImage, triggerImageOf } from './images.ts';
import { triggerKey } from './names.ts';
import type { UserPool } from './wire.ts';

/*
 * UpdateUserPool resets each setting that a request leaves out, so the whole user pool is read and written back.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */

/** Settings that UpdateUserPool takes under the name that DescribeUserPool gives them. Read on 2026-12-01. */
// biome-ignore format: a table
const settable: readonly string[] = [
  'AccountRecoverySetting', 'AcrConfiguration', 'AdminCreateUserConfig', 'AutoVerifiedAttributes', 'DcrConfiguration',
  'DeletionProtection', 'DeviceConfiguration', 'EmailConfiguration', 'EmailVerificationMessage', 'EmailVerificationSubject',
  'IssuerConfiguration', 'KeyConfiguration', 'LambdaConfig', 'MfaConfiguration', 'Policies', 'SmsAuthenticationMessage',
  'SmsConfiguration', 'SmsVerificationMessage', 'UserAttributeUpdateSettings', 'UserPoolAddOns', 'UserPoolTags',
  'UserPoolTier', 'VerificationMessageTemplate',
];

/** What DescribeUserPool tells besides: facts, and what can only be set when a user pool is created. */
// biome-ignore format: a table
const told: readonly string[] = [
  'AliasAttributes', 'Arn', 'CreationDate', 'CustomDomain', 'Domain', 'EmailConfigurationFailure', 'EstimatedNumberOfUsers',
  'Id', 'LastModifiedDate', 'Name', 'SchemaAttributes', 'SmsConfigurationFailure', 'Status', 'UsernameAttributes',
  'UsernameConfiguration',
];

/** Settings of a user pool that we cannot write back, so that an update would reset them. */
export function unknownSettings(pool: UserPool): readonly string[] {
  return Object.keys(pool)
    .filter((name) => !settable.includes(name) && !told.includes(name))
    .sort();
}

/** The trigger as a resource; undefined if the user pool has none. */
export function triggerResource(pool: UserPool, ownFunction: string): Resource | undefined {
  const { PreTokenGenerationConfig: config, PreTokenGeneration: legacy } = pool.LambdaConfig ?? {};
  const image: TriggerImage | undefined =
    config !== undefined
      ? { function: config.LambdaArn, version: config.LambdaVersion }
      : legacy !== undefined
        ? { function: legacy, version: 'V1_0' }
        : undefined;
  if (image === undefined) return undefined;
  const isOurs = image.function === ownFunction;
  return {
    key: triggerKey(pool.Id),
    owner: isOurs ? 'ours' : 'foreign',
    image: { ...image },
    isBinding: true,
    rest: restOf(pool),
  };
}

/** What others set of the user pool, in a form that can be compared. */
function restOf(pool: UserPool): Json {
  return jsonOf(settingsOf(pool, undefined));
}

/**
 * All settings of a user pool as a request sends them, with another trigger.
 *
 * @param trigger undefined: none
 */
function settingsOf(pool: UserPool, trigger: TriggerImage | undefined): Readonly<Record<string, unknown>> {
  const { PreTokenGeneration: legacy, PreTokenGenerationConfig: _, ...others } = pool.LambdaConfig ?? {};
  const lambdaConfig = {
    ...others,
    ...(trigger === undefined
      ? {}
      : {
          // If both are there, they must be the same.
          ...(legacy === undefined ? {} : { PreTokenGeneration: trigger.function }),
          PreTokenGenerationConfig: { LambdaArn: trigger.function, LambdaVersion: trigger.version },
        }),
  };
  const kept = Object.entries(pool).filter(([name, value]) => settable.includes(name) && !isNothing(value));
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, withoutOldName(name, value, pool)])),
    LambdaConfig: lambdaConfig,
  };
}

/** What an emulator tells in place of nothing, and what a request must not have. */
function isNothing(value: unknown): boolean {
  return value === null || value === '' || (isMapping(value) && Object.keys(value).length === 0);
}

/**
 * The old name of `TemporaryPasswordValidityDays` is told beside the new one, and refused beside it.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUserConfigType.html
 */
function withoutOldName(name: string, value: unknown, pool: UserPool): unknown {
  if (name !== 'AdminCreateUserConfig' || !isMapping(value)) return value;
  const policies = pool['Policies'];
  const password = isMapping(policies) ? policies['PasswordPolicy'] : undefined;
  if (!isMapping(password) || password['TemporaryPasswordValidityDays'] === undefined) return value;
  const { UnusedAccountValidityDays: _, ...rest } = value;
  return rest;
}

/** Sets or removes the trigger, keeps everything else, and looks whether it was kept. */
export async function writeTrigger(client: Client, after: Json | undefined): Promise<void> {
  const pool = await existingPool(client);
  const unknown = unknownSettings(pool);
  if (unknown.length > 0) {
    throw new TargetError(
      'refused',
      `The user pool has settings that would be reset, because this version of Claimsmith does not know them: ${unknown.join(', ')}.`,
    );
  }
  const trigger = after === undefined ? undefined : triggerImageOf(after);
  if (after !== undefined && trigger === undefined) {
    throw new TargetError('refused', 'The journal describes the trigger in a way that is not known.');
  }
  await client.updatePool({ UserPoolId: pool.Id, PoolName: pool.Name, ...settingsOf(pool, trigger) });
  const changed = differences(settingsOf(pool, undefined), settingsOf(await existingPool(client), undefined));
  if (changed.length === 0) return;
  throw new TargetError(
    'changed',
    `These settings of the user pool changed while its trigger was written: ${changed.join(', ')}. Look at them in the console.`,
  );
}

/** Settings that were there and are not any more, or are different. One that is told for the first time is a default. */
function differences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(before).filter((name) => textOf(before[name]) !== textOf(after[name]));
}

export async function existingPool(client: Client): Promise<UserPool> {
  const pool = await client.pool();
  if (pool !== undefined) return pool;
  throw new TargetError('not_found', 'There is no such user pool in this region of this account.');
}

function textOf(value: unknown): string {
  return JSON.stringify(jsonOf(value) ?? {});
}

/** JSON with its keys in one order. */
function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (isMapping(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.sort().map(([name, member]) => [name, jsonOf(member)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
