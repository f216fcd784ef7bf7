import { type Artifact, type Compilation, type Finding, isError, type Policy } from '@claimsmith/core';
import { check } from '../check/check.ts';
import { scriptLimitBytes } from '../limits.ts';
import { settingsOf } from '../settings.ts';
import { enrichmentOf } from './enrichment.ts';
import { jar } from './jar.ts';
import { manifestOf } from './manifest.ts';
import { realmOf } from './realm/realm.ts';
import { userProfile } from './realm/user-profile.ts';
import { jarFile, scriptDescription, scriptFile } from './script/names.ts';
import { type PolicyScript, scriptOf } from './script/script.ts';

/**
 * Turns a policy into files. The same policy gives the same bytes.
 *
 * - `client-scopes.json`: everything that it adds to a realm
 * - `realm.json`: a whole realm, for a new server
 * - `user-profile.json`: the user profile with the attributes that it reads
 * - `claimsmith-<policy>.jar` if a script may run, and the script as a readable file
 * - `manifest.json`: what else the realm and its server need
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const checked = check(policy);
  if (checked.some(isError)) return { artifacts: [], findings: checked };
  const enrichment = enrichmentOf(policy);
  const made = settingsOf(policy).scripts ? await scriptOf(policy) : undefined;
  const findings = [...checked, ...sizeFindings(policy, made)];
  if (findings.some(isError)) return { artifacts: [], findings };
  const script = made?.text;
  const bytes = script === undefined ? undefined : scriptJar(policy, script);
  const artifacts: Artifact[] = [
    json('client-scopes.json', enrichment),
    json('realm.json', realmOf(policy)),
    json('user-profile.json', userProfile(policy)),
  ];
  if (script !== undefined && bytes !== undefined) {
    const content = Buffer.from(bytes).toString('base64');
    artifacts.push({ path: jarFile(policy), content, encoding: 'base64' });
    artifacts.push({ path: scriptFile(policy), content: script });
  }
  artifacts.push(json('manifest.json', manifestOf(policy, enrichment, bytes)));
  return { artifacts, findings };
}

function sizeFindings(policy: Policy, script: PolicyScript | undefined): readonly Finding[] {
  if (script === undefined || !script.isMinified) return [];
  const { length: bytes } = script.text;
  const fits = bytes <= scriptLimitBytes;
  const limit = `the ${scriptLimitBytes} that Keycloak takes`;
  return [
    {
      rule: 'TE803',
      severity: fits ? 'info' : 'error',
      issuer: 'keycloak',
      message: fits
        ? `The policy script is minified, ${bytes} bytes: as readable code it would exceed ${limit}.`
        : `The policy script has ${bytes} bytes, more than ${limit}; a server with it would not start.`,
      range: policy.source.value(['claims']),
      ...(fits ? {} : { help: 'Split the spec, move large tables into a source, or list fewer realms.' }),
    },
  ];
}

function scriptJar(policy: Policy, script: string): Uint8Array {
  const fileName = scriptFile(policy);
  const name = `Claimsmith ${policy.name}`;
  const descriptor = { mappers: [{ name, fileName, description: scriptDescription(policy) }] };
  return jar({
    'META-INF/keycloak-scripts.json': `${JSON.stringify(descriptor, undefined, 2)}\n`,
    [fileName]: script,
  });
}

function json(path: string, data: unknown): Artifact {
  return { path, content: `${JSON.stringify(data, undefined, 2)}\n` };
}
