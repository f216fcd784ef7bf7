import type { Secret, SecretReference } from '@claimsmith/core';
import { TargetError } from '@claimsmith/core';
import { isVault, type SettingReference, vaultText } from '../secret-reference.ts';
import { commandOutput } from './command.ts';
import { fileText } from './file.ts';
import { KeptSecret } from './secret.ts';

/** The settings of an environment, as they are read in one run. */
export interface Settings {
  /** @throws {TargetError} `settings`, with the name of the variable, file or program and never a value */
  secret(reference: SecretReference): Promise<Secret>;
  /** The value of `${NAME}` in the spec. @throws {TargetError} `settings` if the environment does not have it */
  setting(name: string): Promise<Secret>;
  /**
   * Reads settings before anything is written.
   *
   * @throws {TargetError} `settings`, with all that cannot be read
   */
  assertReadable(names: readonly string[], references?: readonly SecretReference[]): Promise<void>;
}

export interface SettingsOptions {
  /** By name, where the value of each `${NAME}` is kept. */
  readonly references: Readonly<Record<string, SettingReference>>;
  /** The folder of the environment file: paths of files are relative to it, and commands run in it. */
  readonly folder: string;
  /** The journal's random key, for digests. */
  readonly key: Uint8Array;
  /** Default: the variables of this process. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Ends commands that are running. */
  readonly signal?: AbortSignal;
}

/** Reads each secret once: later uses in the same run get the same value, also if it could not be read. */
export function createSettings({
  references,
  folder,
  key,
  variables = process.env,
  signal,
}: SettingsOptions): Settings {
  const known = new Map<string, Promise<Secret>>();

  function secret(reference: SecretReference): Promise<Secret> {
    const id = JSON.stringify(reference);
    const started = known.get(id);
    if (started !== undefined) return started;
    const value = read(reference).then((text) => new KeptSecret(text, key));
    known.set(id, value);
    return value;
  }

  async function read(reference: SecretReference): Promise<string> {
    if ('env' in reference) return variable(reference.env, variables);
    if ('file' in reference) return await fileText(reference.file, folder);
    if ('command' in reference) return await commandOutput(reference.command, folder, signal);
    return reference.value;
  }

  async function setting(name: string): Promise<Secret> {
    const reference = Object.hasOwn(references, name) ? references[name] : undefined;
    if (reference === undefined) {
      const message = `\${${name}} has no value: add it under \`settings\` of the environment, such as ${name}: { env: ${name} }`;
      throw new TargetError('settings', message);
    }
    try {
      return await secret(isVault(reference) ? { value: vaultText(reference) } : reference);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      throw new TargetError(error.code, `\${${name}} has no value: ${error.message}`, { cause: error });
    }
  }

  async function assertReadable(names: readonly string[], others: readonly SecretReference[] = []) {
    const results = await Promise.allSettled([...names.map(setting), ...others.map(secret)]);
    const reasons = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    const defect = reasons.find((reason) => !(reason instanceof TargetError));
    if (defect !== undefined) throw defect;
    const messages = [
      ...new Set(reasons.map((reason) => (reason instanceof TargetError ? reason.message : ''))),
    ];
    if (messages.length > 0) throw new TargetError('settings', messages.join('; '), { cause: reasons[0] });
  }

  return { secret, setting, assertReadable };
}

function variable(name: string, variables: Readonly<Record<string, string | undefined>>): string {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value === undefined) throw new TargetError('settings', `the variable ${name} is not set`);
  if (value === '') throw new TargetError('settings', `the variable ${name} is empty`);
  return value;
}
