import type { Artifact, Compilation, Finding, Policy } from '@claimsmith/core';
import { type Archive, archiveOf } from '../publish/archive.ts';
import { variableNames } from '../publish/environment.ts';
import { type Manifest, manifest } from '../wire.ts';

/** The memory of the function in MB, if nobody says otherwise. */
export const defaultMemoryMb = 512;

/** What a build has for another tool. */
export interface Built {
  readonly manifest: Manifest;
  readonly archive: Archive;
  /** The settings that become variables of the function. */
  readonly settings: readonly string[];
  /** The archive, and the files in it to be read. */
  readonly files: readonly Artifact[];
}

export function builtOf(policy: Policy, compilation: Compilation): Built {
  const { artifacts } = compilation;
  const text = artifacts.find(({ path }) => path === 'manifest.json')?.content ?? '';
  const archive = archiveOf(compilation);
  return {
    manifest: manifest.parse(JSON.parse(text)),
    archive,
    settings: variableNames(policy),
    files: [
      { path: archivePath, content: archive.zip, encoding: 'base64' },
      ...artifacts.map(({ path, content }) => ({ path: `cognito/${path}`, content })),
    ],
  };
}

export const archivePath = 'cognito/function.zip';

/** What a function of a policy is called for people: its description. */
export function aboutFunction({ name, revision }: Policy): string {
  return `${name}, revision ${revision}. By Claimsmith: edit the spec, not the function.`;
}

/** What a tool leaves to people. */
export function findingsOf(policy: Policy, { manifest: { trigger, clients } }: Built): readonly Finding[] {
  const at = { issuer: 'cognito', range: policy.source.value(['issuers', 'cognito']) } as const;
  const left = (message: string, help: string): Finding => ({
    rule: 'TE940',
    severity: 'warning',
    ...at,
    message,
    help,
  });
  const seconds = clients.accessTokenLifetimeSeconds;
  return [
    left(
      'The folder does not set the trigger of the user pool, because the user pool is a resource of yours.',
      `Set its \`PreTokenGenerationConfig\` to the ARN of the alias, and ${trigger.lambdaVersion}.`,
    ),
    ...(seconds === undefined
      ? []
      : [
          left(
            `The folder does not set the lifetime of access tokens, because it is a setting of each app client. The policy wants ${seconds} seconds.`,
            'Set `AccessTokenValidity` where you manage the app clients.',
          ),
        ]),
  ];
}

/** The values of variables are readable for everyone who can read the function, or what the tool keeps. */
export function keptSecrets(policy: Policy, { settings }: Built, where: string): readonly Finding[] {
  if (settings.length === 0) return [];
  const names = settings.map((name) => `\`${name}\``).join(', ');
  return [
    {
      rule: 'TE944',
      severity: 'warning',
      issuer: 'cognito',
      message: `The values of ${names} are in ${where} as plain text.`,
      range: policy.source.value(['issuers', 'cognito']),
      help: 'Keep each value in Secrets Manager, and give `secretsmanager:<ARN>` in its place: the function reads it there.',
    },
  ];
}
