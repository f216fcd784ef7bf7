import { createHash } from 'node:crypto';
import type { Compilation, Fact, Policy } from '@claimsmith/core';
import { actionsOf, challengePolicy } from '../compile/actions.ts';
import { fileOf } from '../names.ts';
import { settingsOf } from '../settings.ts';
import { manifest } from '../wire.ts';

/** Facts of the manifest that tokens do not show, with the values of the spec and the Actions for comparison. */
export function facts(policy: Policy, { artifacts }: Compilation): readonly Fact[] {
  const contentOf = (file: string) => artifacts.find(({ path }) => path === file)?.content ?? '';
  const said = manifest.parse(JSON.parse(contentOf('manifest.json')));
  return [
    fact('policy', [policy.name, policy.revision], [said.policy, said.revision]),
    fact(
      'triggers',
      settingsOf(policy).triggers.toSorted(),
      [...new Set(said.actions.map(({ trigger }) => trigger.id))].toSorted(),
    ),
    fact(
      'files',
      actionsOf(policy).map(fileOf),
      said.actions.map(({ file }) => file),
    ),
    ...said.actions.flatMap(
      ({ name, trigger: { id, version }, file, sha256, bytes, secrets, dependencies }) => {
        const content = contentOf(file);
        const digest = createHash('sha256').update(content).digest('hex');
        return [
          // As docs/auth0.md has them.
          fact(`version of ${id}`, id === 'post-login' ? 'v3' : 'v2', version),
          fact(`name of ${file}`, `${policy.name}-${file}`, `${name}.js`),
          fact(`digest of ${file}`, digest, sha256),
          fact(`size of ${file}`, Buffer.byteLength(content), bytes),
          fact(
            `secrets of ${file}`,
            file === fileOf('post-login-challenge') ? challengePolicy(policy).secrets : policy.secrets,
            secrets,
          ),
          fact(`dependencies of ${file}`, [], dependencies),
        ];
      },
    ),
  ];
}

function fact(at: string, expected: unknown, actual: unknown): Fact {
  return { at, expected, actual };
}
