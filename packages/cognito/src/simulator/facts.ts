import { createHash } from 'node:crypto';
import type { Compilation, Fact, Policy } from '@claimsmith/core';
import { settingsOf } from '../settings.ts';
import { manifest } from '../wire.ts';

/** Facts of the manifest that tokens do not show, with the values of the spec and the function for comparison. */
export function facts(policy: Policy, { artifacts }: Compilation): readonly Fact[] {
  const contentOf = (file: string) => artifacts.find(({ path }) => path === file)?.content ?? '';
  const said = manifest.parse(JSON.parse(contentOf('manifest.json')));
  const { name, file, handler, runtime, timeoutSeconds, bytes, sha256, settings } = said.function;
  const content = contentOf(file);
  const own = settingsOf(policy);
  return [
    fact('policy', [policy.name, policy.revision], [said.policy, said.revision]),
    fact('version of the trigger', own.version, said.trigger.lambdaVersion),
    // As docs/cognito.md has them.
    fact('name', `${policy.name}-pre-token-generation`, name),
    fact('file', 'index.mjs', file),
    fact('handler', 'index.handler', handler),
    fact('runtime', own.runtime, runtime),
    fact('time-out', 4, timeoutSeconds),
    fact('digest', createHash('sha256').update(content).digest('hex'), sha256),
    fact('size', Buffer.byteLength(content), bytes),
    fact('settings', policy.secrets, settings),
  ];
}

function fact(at: string, expected: unknown, actual: unknown): Fact {
  return { at, expected, actual };
}
