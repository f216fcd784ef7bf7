import type { Artifact, Policy, PolicySource } from '@claimsmith/core';
import { driversOf, type Settings } from '../settings.ts';

/** A source that a driver asks. */
export type DatabasePolicySource = Exclude<PolicySource, { kind: 'http' }>;

export function databasesOf({ sources }: Policy): readonly DatabasePolicySource[] {
  return sources.filter((source) => source.kind !== 'http');
}

/** What the function imports of the files beside it. */
export function importsOf(policy: Policy): readonly string[] {
  return [
    ...(isSigning(policy) ? ["import { awsRequest } from './aws.mjs';"] : []),
    ...(databasesOf(policy).length > 0 ? ["import { databaseAttempt } from './databases.mjs';"] : []),
    ...(hasSettings(policy) ? ["import { functionSettings } from './settings.mjs';"] : []),
  ];
}

/**
 * What reads settings, asks databases and signs requests for AWS, with the packages that it needs. The client of DynamoDB is in the runtime of
 * Lambda. The files are large, so they are loaded only for a policy that needs them.
 */
export async function filesBeside(policy: Policy, settings: Settings): Promise<readonly Artifact[]> {
  const databases = databasesOf(policy);
  const drivers = driversOf(policy, settings);
  const packages = [
    ...drivers.map((name) => `./${name}.mjs`),
    ...(databases.some(({ kind }) => kind === 'dynamodb') ? ['@aws-sdk/client-dynamodb'] : []),
  ];
  const parts = [
    ...(hasSettings(policy) ? [await settingsFile()] : []),
    ...(isSigning(policy) ? [await signing()] : []),
    ...(hasSettings(policy) || isSigning(policy) ? [await signature()] : []),
    ...(databases.length > 0 ? [await asking(packages)] : []),
    ...(await Promise.all(drivers.map(driver))),
  ];
  return parts.flat();
}

function isSigning({ sources }: Policy): boolean {
  return sources.some((source) => source.kind === 'http' && source.aws !== undefined);
}

/** Whether the policy has settings, whose values may be kept elsewhere. */
export function hasSettings({ secrets }: Policy): boolean {
  return secrets.length > 0;
}

/** It loads the signature itself if a value is kept elsewhere. */
async function settingsFile(): Promise<Artifact> {
  const { modules } = await import('../platform/modules.gen.ts');
  return { path: 'settings.mjs', content: modules['settings.mjs'] };
}

async function signing(): Promise<Artifact> {
  const { modules } = await import('../platform/modules.gen.ts');
  return { path: 'aws.mjs', content: withLoaded(['./signature-v4.mjs'], modules['aws.mjs']) };
}

async function signature(): Promise<Artifact> {
  const { content } = await import('../platform/packages/signature-v4.gen.ts');
  return { path: 'signature-v4.mjs', content };
}

async function asking(packages: readonly string[]): Promise<Artifact> {
  const { modules } = await import('../platform/modules.gen.ts');
  return { path: 'databases.mjs', content: withLoaded(packages, modules['databases.mjs']) };
}

async function driver(name: 'pg' | 'mysql2'): Promise<Artifact> {
  const { content } = await (name === 'pg'
    ? import('../platform/packages/pg.gen.ts')
    : import('../platform/packages/mysql2.gen.ts'));
  return { path: `${name}.mjs`, content };
}

/** Loads the packages with the function: Lambda gives a start more processor time than a call, and a call has a deadline. */
function withLoaded(packages: readonly string[], text: string): string {
  return `${packages.map((name) => `import '${name}';\n`).join('')}${text}`;
}
