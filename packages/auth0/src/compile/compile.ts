import { createHash } from 'node:crypto';
import { linked } from '@claimsmith/cel';
import {
  type Artifact,
  type Compilation,
  enrichedOf,
  type Finding,
  isError,
  type Policy,
} from '@claimsmith/core';
import { contextFields, generateProgram } from '@claimsmith/core/program';
import { generator, minify, sourcesText } from '@claimsmith/host-js';
import { check } from '../check/check.ts';
import { actionLimitBytes, actionRuntime, type TriggerId, triggers } from '../limits.ts';
import { markOf } from '../mark.ts';
import { claimNames } from '../names.ts';
import { pieces } from '../platform/pieces.gen.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { loadAction } from '../simulator/simulator.ts';
import { originsOf } from '../supplies.ts';
import type { Manifest } from '../wire.ts';

/**
 * Turns a policy into one Action per trigger, as `<trigger>.js`, and a `manifest.json` that says how to deploy them. It
 * loads each Action as Auth0 would before it returns it. The same policy gives the same bytes.
 *
 * @throws HostError when a generated Action does not load; that is a bug here, not an error of the spec
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const findings = [...check(policy)];
  if (findings.some(isError)) return { artifacts: [], findings };
  const settings = settingsOf(policy);
  const own: Policy = { ...policy, only: enrichedOf(settings) };
  const artifacts: Artifact[] = [];
  for (const trigger of Object.keys(triggers).filter(isTriggerId)) {
    if (!settings.triggers.includes(trigger)) continue;
    const action = await createAction(own, settings, trigger, findings);
    if (action !== undefined) artifacts.push(action);
  }
  const content = `${JSON.stringify(manifest(policy, artifacts), undefined, 2)}\n`;
  return { artifacts: [...artifacts, { path: 'manifest.json', content }], findings };
}

export function isTriggerId(id: string): id is TriggerId {
  return Object.hasOwn(triggers, id);
}

async function createAction(
  policy: Policy,
  settings: Settings,
  trigger: TriggerId,
  findings: Finding[],
): Promise<Artifact | undefined> {
  const body = bodyText(policy, settings, trigger);
  const mark = markOf(policy.name, policy.revision, trigger, generator);
  const readable = mark + body;
  const isTooLong = Buffer.byteLength(readable) > actionLimitBytes;
  const content =
    settings.minify || isTooLong ? mark + (await minify(body, policy, actionRuntime)) : readable;
  const bytes = Buffer.byteLength(content);
  if (bytes > actionLimitBytes || isTooLong) findings.push(sizeFinding(policy, trigger, bytes));
  if (bytes > actionLimitBytes) return undefined;
  loadAction(content, trigger);
  return { path: `${trigger}.js`, content };
}

/**
 * The code that connects trigger and policy, the policy, and the driver. Comments are kept, because a reviewer reads
 * the deployed Action from top to bottom.
 */
function bodyText(policy: Policy, settings: Settings, trigger: TriggerId): string {
  const isAsking = policy.sources.length > 0;
  const decision = isAsking
    ? 'decideAsking(program, sources, event, api)'
    : 'program.decide(program.context(event), {})';
  const found = originsOf(trigger, contextFields(policy), settings);
  const isGrantRead = contextFields({ ...policy, only: undefined }).includes('request.grant_type');
  const grant = isGrantRead || trigger !== 'post-login' ? {} : { 'request.grant_type': ofRefresh };
  const origins = { ...found, fields: { ...found.fields, ...grant } };
  const parts = [
    `exports.${triggers[trigger].handler} = async (event, api) => {
  await ${drivers[trigger]}('${policy.name}@${policy.revision}', api, () => ${decision});
};`,
    ...(isAsking ? [sourcesText(policy.sources)] : []),
    'const program = policyProgram();',
  ];
  return [
    "'use strict';",
    ...parts,
    `// The policy.
function policyProgram() {
${generateProgram(policy, { names: claimNames(policy), origins })}
return program;
}`,
    '// The driver: the same for every policy; unused parts are left out.',
    `${linked(pieces, [...Object.values(origins.fields), ...parts].join('\n'))}\n`,
  ].join('\n\n');
}

/** What `audiences` needs to know of the grant type. */
const ofRefresh = `event.transaction?.protocol === 'oauth2-refresh-token' ? 'refresh_token' : undefined`;

const drivers = { 'post-login': 'postLogin', 'credentials-exchange': 'credentialsExchange' } as const;

function sizeFinding(policy: Policy, trigger: TriggerId, bytes: number): Finding {
  const fits = bytes <= actionLimitBytes;
  return {
    rule: 'TE803',
    severity: fits ? 'info' : 'error',
    issuer: 'auth0',
    message: fits
      ? `The ${trigger} Action is minified, ${bytes} bytes: as readable code it would exceed Auth0's ${actionLimitBytes}.`
      : `The ${trigger} Action has ${bytes} bytes, Auth0 takes ${actionLimitBytes}.`,
    range: policy.source.value(['claims']),
    ...(fits ? {} : { help: 'Split the spec, or move large tables into a source.' }),
  };
}

function manifest(policy: Policy, artifacts: readonly Artifact[]): Manifest {
  const lifetimeMs = policy.spec.lifetime?.access;
  return {
    policy: policy.name,
    revision: policy.revision,
    generator,
    actions: artifacts.map(({ path, content }) => {
      const id = path.slice(0, -'.js'.length);
      const trigger = isTriggerId(id) ? id : 'post-login';
      return {
        name: `${policy.name}-${trigger}`,
        trigger: { id: trigger, version: triggers[trigger].version },
        runtime: actionRuntime,
        file: path,
        bytes: Buffer.byteLength(content),
        sha256: createHash('sha256').update(content).digest('hex'),
        secrets: [...policy.secrets],
        dependencies: [],
      };
    }),
    api: lifetimeMs === undefined ? {} : { tokenLifetimeSeconds: lifetimeMs / 1000 },
  };
}
