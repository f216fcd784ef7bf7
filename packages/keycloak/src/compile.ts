import type { Artifact, Compilation, Policy } from '@claimsmith/core';
import { check } from './check.ts';
import { enrichmentOf } from './enrichment.ts';
import { jar } from './jar.ts';
import { scriptFile } from './script/names.ts';
import { scriptText } from './script/script.ts';
import { settingsOf } from './settings.ts';

/**
 * Turns a policy into files for a realm: `client-scopes.json` holds all that it adds to one, and where a script is
 * needed, `claimsmith-<policy>.jar` holds it; beside it the script once more, to be read. The same policy gives the
 * same bytes.
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const findings = check(policy);
  if (findings.some(({ severity }) => severity === 'error')) return { artifacts: [], findings };
  const artifacts: Artifact[] = [json('client-scopes.json', enrichmentOf(policy))];
  if (settingsOf(policy).scripts) artifacts.push(...scriptArtifacts(policy));
  return { artifacts, findings };
}

function scriptArtifacts(policy: Policy): readonly Artifact[] {
  const fileName = scriptFile(policy);
  const content = scriptText(policy);
  const description = `The policy ${policy.name}, revision ${policy.revision}, by Claimsmith.`;
  const descriptor = { mappers: [{ name: `Claimsmith ${policy.name}`, fileName, description }] };
  const bytes = jar({
    'META-INF/keycloak-scripts.json': `${JSON.stringify(descriptor, undefined, 2)}\n`,
    [fileName]: content,
  });
  return [
    {
      path: `claimsmith-${policy.name}.jar`,
      content: Buffer.from(bytes).toString('base64'),
      encoding: 'base64',
    },
    { path: fileName, content },
  ];
}

function json(path: string, data: unknown): Artifact {
  return { path, content: `${JSON.stringify(data, undefined, 2)}\n` };
}
