import {
  type Access,
  type Change,
  type Compilation,
  type Goal,
  isError,
  type Json,
  type Place,
  type PlaceQuestion,
  type Policy,
  type Resource,
  reliesOnNoExchange,
  TargetError,
} from '@claimsmith/core';
import { compile } from '../compile/compile.ts';
import { hookName } from '../compile/manifest.ts';
import { settingsOf } from '../settings.ts';
import { type Deployment, deploymentOf } from '../simulator/deployment.ts';
import { askHook, askTokens } from './ask.ts';
import { awaited } from './awaits.ts';
import { type Client, readerOf } from './client.ts';
import type { Entry } from './entry.ts';
import { keys, subjectOf } from './images.ts';
import { exchangeNotices, noticesOf, secretNotice } from './notices.ts';
import { orderOf } from './order.ts';
import {
  attributeResources,
  claimResources,
  hookResources,
  resourcesOf,
  ruleId,
  ruleResources,
  type Surroundings,
  scopeResources,
  serverResource,
} from './resources.ts';
import { createSecrets } from './secrets.ts';
import type { Site } from './site.ts';
import {
  findServer,
  type OktaState,
  type Raw,
  type RuleState,
  readAttributes,
  readClaims,
  readHooks,
  readRules,
  readScopes,
  rulePath,
  serverPath,
  textAt,
} from './state.ts';
import { wantedOf } from './wanted.ts';
import { writeChange } from './write.ts';

/** An org with one authorization server, as a place of the policy. */
export function placeOf(policy: Policy, entry: Entry, access: Access, connect: () => Promise<Client>): Place {
  const settings = settingsOf(policy);
  const { authorizationServer } = settings;
  const name = `${new URL(entry.orgUrl).host}, authorization server ${authorizationServer}`;
  const site = siteOf(policy, entry, access, connect, name);
  const rules = new Map<string, RuleState>();
  // What the last plan leads to.
  let goal: { readonly manifest: Deployment['manifest'] | undefined } | undefined;
  return {
    name,
    compile: () => site.compilation(),
    async read() {
      const around = await site.around();
      const [state, target] = [await readState(site, around), await site.secrets.target()];
      for (const rule of state.rules) rules.set(ruleId(rule), rule);
      const resources = resourcesOf(state, around);
      return {
        resources,
        want(compilation) {
          const deployment = compilation === undefined ? undefined : deployed(compilation);
          goal = { manifest: deployment?.manifest };
          const wanted = wantedOf(state, deployment, around, target);
          const notices = deployment === undefined ? [] : noticesOf(state, deployment, around, target);
          const hook = resources.find(({ key }) => key === keys.hook(site.hook));
          const secret = hook?.owner === 'ours' && deployment !== undefined ? secretNotice(hook) : [];
          return { resources: wanted.resources, notices: [...wanted.notices, ...notices, ...secret] };
        },
      };
    },
    ...(reliesOnNoExchange(policy, settings)
      ? {
          async faults() {
            const { deployment } = await site.around();
            return deployment === undefined
              ? []
              : exchangeNotices(await readRules(site.reader, await site.serverId()), deployment.manifest);
          },
        }
      : {}),
    order: (change) => {
      const absent = goal?.manifest?.nativeClaims.absent;
      return orderOf(change, {
        marker: policy.marker?.claim,
        isMadeByHook: (type, claim) =>
          (type === 'RESOURCE' ? absent?.access : absent?.id)?.includes(claim) === true,
        keepsHook: goal === undefined || goal.manifest?.hook !== undefined,
      });
    },
    look: (change) => look(site, change, rules),
    write: (change, now) => writeChange(site, change, now),
    awaits: (phase: number, release: Goal) => awaited(site, phase, release),
    ask: async (question: PlaceQuestion) => [
      ...(await askHook(site, question)),
      ...(await askTokens(site, question)),
    ],
  };
}

function siteOf(
  policy: Policy,
  entry: Entry,
  access: Access,
  connect: () => Promise<Client>,
  place: string,
): Site {
  const { authorizationServer: serverName } = settingsOf(policy);
  const reader = readerOf(connect, access, entry.orgUrl);
  const hook = hookName(policy);
  const secrets = createSecrets(policy, entry, access, (key) => access.known(place, key));
  let compilation: Promise<Compilation> | undefined;
  let serverId: Promise<string> | undefined;
  const compiled = () => (compilation ??= compile(policy));
  return {
    policy,
    entry,
    access,
    reader,
    connect,
    secrets,
    hook,
    serverName,
    seen: new Map(),
    compilation: compiled,
    serverId() {
      serverId ??= findServer(reader, serverName).then((server) => textAt(server, 'id'));
      serverId.catch(() => {
        serverId = undefined;
      });
      return serverId;
    },
    async around() {
      const { artifacts, findings } = await compiled();
      return {
        policy: policy.name,
        hook,
        marker: policy.marker?.claim,
        server: serverName,
        deployment: artifacts.length === 0 || findings.some(isError) ? undefined : deployed(await compiled()),
        known: (key) => access.known(place, key),
        secretOf: (key, stamp) => secrets.digestOf(key, stamp),
      };
    },
  };
}

/** @throws {TargetError} `settings` for a policy with errors */
function deployed(compilation: Compilation): Deployment {
  if (compilation.artifacts.length > 0 && !compilation.findings.some(isError))
    return deploymentOf(compilation);
  throw new TargetError('settings', 'The policy has errors at Okta. Run claimsmith check.');
}

async function readState(site: Site, { deployment }: Surroundings): Promise<OktaState> {
  const { reader, serverName } = site;
  const server = await findServer(reader, serverName);
  const id = textAt(server, 'id');
  const user = deployment?.manifest.schemas.user ?? [];
  const [hooks, claims, scopes, rules, attributes] = await Promise.all([
    readHooks(reader),
    readClaims(reader, id),
    readScopes(reader, id),
    readRules(reader, id),
    user.some((attribute) => attribute.authority === true || !isBase(attribute))
      ? readAttributes(reader)
      : undefined,
  ]);
  return { server, hooks, claims, scopes, rules, attributes };
}

/**
 * Attributes that every user has, all of them texts.
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Schema/
 */
const baseAttributes =
  'login firstName lastName middleName honorificPrefix honorificSuffix email title displayName nickName profileUrl secondEmail mobilePhone primaryPhone streetAddress city state zipCode countryCode postalAddress preferredLanguage locale timezone userType employeeNumber costCenter organization division department managerId manager'.split(
    ' ',
  );

function isBase({ name, type }: { readonly name: string; readonly type: string }): boolean {
  return baseAttributes.includes(name) && type === 'string';
}

/** The resource of a change as it is now, with as few requests as possible. */
async function look(
  site: Site,
  change: Change,
  rules: ReadonlyMap<string, RuleState>,
): Promise<Resource | undefined> {
  const { reader } = site;
  const around = await site.around();
  const id = await site.serverId();
  const found = (all: readonly Resource[], raws: readonly Raw[]) => {
    const resource = all.find(({ key }) => key === change.key);
    const raw = raws.find((one) => resource !== undefined && textAt(one, 'id') === resource.id);
    if (raw === undefined) site.seen.delete(change.key);
    else site.seen.set(change.key, raw);
    return resource;
  };
  switch (subjectOf(change.key).kind) {
    case 'hook': {
      const hooks = await readHooks(reader);
      return found(hookResources({ hooks }, around), hooks);
    }
    case 'claim': {
      const claims = await readClaims(reader, id);
      return found(claimResources({ claims }, anyway(around, change)), claims);
    }
    case 'scope': {
      const scopes = await readScopes(reader, id);
      return found(scopeResources({ scopes }, around), scopes);
    }
    case 'attribute':
      return found(attributeResources({ attributes: await readAttributes(reader) }, around), []);
    case 'server': {
      const server = await reader.get('the authorization server', serverPath(id));
      return found([serverResource(server, around, change.after?.image)], [server]);
    }
    case 'rule':
      return lookAtRule(site, change, rules);
  }
}

async function lookAtRule(
  site: Site,
  change: Change,
  rules: ReadonlyMap<string, RuleState>,
): Promise<Resource | undefined> {
  const { reader, seen } = site;
  const known = rules.get(change.before?.id ?? '');
  if (known === undefined) throw new TargetError('changed', `The ${change.key} is not there any more.`);
  const path = rulePath(await site.serverId(), textAt(known.policy, 'id'), textAt(known.rule, 'id'));
  const [rule, hooks] = [await reader.get(`the ${change.key}`, path), await readHooks(reader)];
  seen.set(change.key, rule);
  const [resource] = ruleResources(
    { rules: [{ policy: known.policy, rule }], hooks },
    await site.around(),
    change.after?.image,
  );
  // The name of a rule is part of the rest: the key stays that of the change.
  return resource && { ...resource, key: change.key };
}

/** A claim that a change is about counts, whosever it is. */
function anyway(around: Surroundings, change: Change): Surroundings {
  const image: Json = change.after?.image ?? change.before?.image ?? null;
  const known: Surroundings['known'] = (key) =>
    key === change.key ? { key, owner: 'ours', image } : around.known(key);
  return { ...around, known };
}
