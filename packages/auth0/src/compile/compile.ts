import { createHash } from 'node:crypto';
import { linked, SETTINGS } from '@claimsmith/cel';
import {
  type Artifact,
  type Compilation,
  enrichedOf,
  type Finding,
  isError,
  type Policy,
  settingKeysOf,
} from '@claimsmith/core';
import { contextFields, generateProgram, js, programFields } from '@claimsmith/core/program';
import { generator, minify, policyText, sourcesText } from '@claimsmith/host-js';
import type { Observe } from '@claimsmith/runtime';
import { check } from '../check/check.ts';
import {
  type ActionId,
  actionIds,
  actionLimitBytes,
  actionRuntime,
  actionTriggers,
  type TriggerId,
  triggers,
} from '../limits.ts';
import { markOf } from '../mark.ts';
import { actionName, claimNames, fileOf } from '../names.ts';
import { pieces } from '../platform/pieces.gen.ts';
import { asksForGroups, lifetimeMsOf, type Settings, settingsOf } from '../settings.ts';
import { loadAction } from '../simulator/simulator.ts';
import { originsOf } from '../supplies.ts';
import type { Manifest } from '../wire.ts';
import { actionsOf, challengePolicy } from './actions.ts';

/**
 * Turns a policy into one Action per trigger, as `<trigger>.js`, and a `manifest.json` that says how to deploy them. It
 * loads each Action as Auth0 would before it returns it. The same policy gives the same bytes.
 *
 * @throws HostError when a generated Action does not load; that is a bug here, not an error of the spec
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const checked = check(policy);
  if (checked.some(isError)) return { artifacts: [], findings: checked };
  const settings = settingsOf(policy);
  const own: Policy = { ...policy, only: enrichedOf(settings) };
  const actions = await Promise.all(actionsOf(policy).map((id) => createAction(own, settings, id)));
  const artifacts = actions.flatMap((action) => action.artifacts);
  const content = `${JSON.stringify(manifest(policy, artifacts), undefined, 2)}\n`;
  return {
    artifacts: [...artifacts, { path: 'manifest.json', content }],
    findings: [...checked, ...actions.flatMap(({ findings }) => findings)],
  };
}

export function isTriggerId(id: string): id is TriggerId {
  return Object.hasOwn(triggers, id);
}

/** What an Action decides: the one that asks for a factor issues no claims. */
function policyOf(policy: Policy, id: ActionId): Policy {
  return id === 'post-login-challenge' ? challengePolicy(policy) : policy;
}

/** One Action, with a finding if its readable code is longer than Auth0 takes; without a file if it is too long minified. */
async function createAction(policy: Policy, settings: Settings, id: ActionId): Promise<Compilation> {
  const body = bodyText(policyOf(policy, id), settings, id);
  const mark = markOf(policy.name, policy.revision, id, generator);
  const readable = mark + body;
  const isTooLong = Buffer.byteLength(readable) > actionLimitBytes;
  const content =
    settings.minify || isTooLong ? mark + (await minify(body, policy, actionRuntime)) : readable;
  const bytes = Buffer.byteLength(content);
  const findings = bytes > actionLimitBytes || isTooLong ? [sizeFinding(policy, id, bytes)] : [];
  if (bytes > actionLimitBytes) return { artifacts: [], findings };
  loadAction(content, actionTriggers[id]);
  return { artifacts: [{ path: fileOf(id), content }], findings };
}

/**
 * The code that connects trigger and policy, the policy, and the driver. Comments are kept, because a reviewer reads
 * the deployed Action from top to bottom.
 */
function bodyText(policy: Policy, settings: Settings, id: ActionId): string {
  const trigger = actionTriggers[id];
  const isAsking = policy.sources.length > 0;
  const fields = [...programFields(policy)];
  const decided = isAsking
    ? `decideAsking(program, sources, event, api, answers${policy.sources.some(({ each }) => each !== undefined) ? ', askingEach' : ''})`
    : 'program.decide(program.context(event), {})';
  const readsGroups = trigger === 'post-login' && fields.includes('user.groups');
  const decision =
    readsGroups && asksForGroups(settings)
      ? `withGroups(program, event, api).then((event) => ${decided})`
      : decided;
  const found = originsOf(trigger, fields, settings);
  const isGrantRead = contextFields({ ...policy, only: undefined }).includes('request.grant_type');
  const grant = isGrantRead || trigger !== 'post-login' ? {} : { 'request.grant_type': ofRefresh };
  const keys = settingKeysOf(policy).length === 0 ? {} : { [SETTINGS]: 'event.secrets' };
  const origins = { ...found, fields: { ...found.fields, ...grant, ...keys } };
  const parts = [
    handlerText(policy, settings, id, decision),
    ...(isAsking ? [sourcesText(policy.sources)] : []),
    'const program = policyProgram();',
  ];
  return [
    "'use strict';",
    ...(hasSubject(policy, id) ? ["const { createHmac } = require('node:crypto');"] : []),
    ...parts,
    policyText(generateProgram(policy, { names: claimNames(policy), origins })),
    '// The driver: the same for every policy; unused parts are left out.',
    `${linked(pieces, [...Object.values(origins.fields), ...parts].join('\n'))}\n`,
  ].join('\n\n');
}

/** What `audiences` needs to know of the grant type. */
const ofRefresh = `event.transaction?.protocol === 'oauth2-refresh-token' ? 'refresh_token' : undefined`;

/** The handler: it carries the policy's decision out, or for clients whose tokens it only observes, tells it. */
function handlerText(policy: Policy, { observe }: Settings, id: ActionId, decision: string): string {
  const trigger = actionTriggers[id];
  const name = `'${policy.name}@${policy.revision}'`;
  const given = decision.includes('answers') ? '(answers)' : '()';
  const subject = hasSubject(policy, id)
    ? `, () => subjectDigest(createHmac, event.secrets?.${policy.auditKey}, event.user?.user_id)`
    : '';
  const carried = `${drivers[id]}(${name}, event, api, ${given} => ${decision}${subject})`;
  const told =
    id === 'post-login-challenge'
      ? 'undefined'
      : `observe(${name}, event, ${trigger === 'post-login' ? 'refusal' : 'exchangeRefusal'}, ${given} => ${decision}${subject})`;
  const start = `exports.${triggers[trigger].handler} = async (event, api) =>`;
  if (observe === undefined || observe === true) return `${start}\n  ${observe === true ? told : carried};`;
  return `${start} {
  const client = event.client?.client_id;
  return ${observedTest(observe)}
    ? ${told}
    : ${carried};
};`;
}

/** Whether records name a user: machines are their clients. */
function hasSubject({ auditKey }: Policy, id: ActionId): boolean {
  return auditKey !== undefined && actionTriggers[id] === 'post-login';
}

/** The policy is in force for a client that is not known. */
function observedTest(observe: Exclude<Observe, true>): string {
  return 'clients' in observe
    ? `${js(observe.clients)}.includes(client)`
    : `typeof client === 'string' && !${js(observe.except)}.includes(client)`;
}

const drivers = {
  'post-login-challenge': 'postLoginChallenge',
  'post-login': 'postLogin',
  'credentials-exchange': 'credentialsExchange',
} as const satisfies Record<ActionId, string>;

function sizeFinding(policy: Policy, id: ActionId, bytes: number): Finding {
  const fits = bytes <= actionLimitBytes;
  return {
    rule: 'TE803',
    severity: fits ? 'info' : 'error',
    issuer: 'auth0',
    message: fits
      ? `The ${id} Action is minified, ${bytes} bytes: as readable code it would exceed Auth0's ${actionLimitBytes}.`
      : `The ${id} Action has ${bytes} bytes, Auth0 takes ${actionLimitBytes}.`,
    range: policy.source.value(['claims']),
    ...(fits ? {} : { help: 'Split the spec, or move large tables into a source.' }),
  };
}

function manifest(policy: Policy, artifacts: readonly Artifact[]): Manifest {
  const lifetimeMs = lifetimeMsOf(policy);
  return {
    policy: policy.name,
    revision: policy.revision,
    generator,
    actions: artifacts.map(({ path, content }) => {
      const id = actionIds.find((one) => fileOf(one) === path) ?? 'post-login';
      const trigger = actionTriggers[id];
      return {
        name: actionName(policy, id),
        trigger: { id: trigger, version: triggers[trigger].version },
        runtime: actionRuntime,
        file: path,
        bytes: Buffer.byteLength(content),
        sha256: createHash('sha256').update(content).digest('hex'),
        secrets: [...policyOf(policy, id).secrets],
        dependencies: [],
      };
    }),
    api: lifetimeMs === undefined ? {} : { tokenLifetimeSeconds: lifetimeMs / 1000 },
  };
}
