import { createHash } from 'node:crypto';
import {
  type Compilation,
  dependsOnActor,
  exchangeGrant,
  type Fact,
  otherScopes,
  type Policy,
} from '@claimsmith/core';
import { systemIdNames } from '../limits.ts';
import { claimName } from '../names.ts';
import type { NativeClaim } from '../plan/native-claim.ts';
import { feederPrefix, type HookPolicy } from '../platform/policy.ts';
import { deadlineOf, type Settings, settingsOf } from '../settings.ts';
import { type Deployment, deploymentOf } from './deployment.ts';

/** Facts of the files that tokens do not show, with the values of the spec or the other files for comparison. */
export function facts(policy: Policy, compilation: Compilation): readonly Fact[] {
  const settings = settingsOf(policy);
  const deployment = deploymentOf(compilation);
  const { manifest, native, hook } = deployment;
  const { authorizationServer, nativeClaims, rules, guard } = manifest;
  return [
    fact('policy', [policy.name, policy.revision], [manifest.policy, manifest.revision]),
    fact('authorization server', settings.authorizationServer, authorizationServer.name),
    fact(
      'scopes of the authorization server',
      settings.observe === true
        ? []
        : policy.scopes.map(({ name }) => name).filter((name) => name !== otherScopes),
      authorizationServer.scopes,
    ),
    fact('guard', hook === undefined ? [] : settings.guard, guard),
    fact(
      'rules without scopes',
      settings.idTokens === false && settings.observe === undefined ? ['openid'] : undefined,
      rules.withoutScopes,
    ),
    fact(
      'rules without grant types',
      settings.exchange || settings.observe !== undefined || !dependsOnActor(policy)
        ? undefined
        : [exchangeGrant],
      rules.withoutGrantTypes,
    ),
    fact('digest of the native claims', digestOf(compilation, 'native-claims.json'), nativeClaims.sha256),
    fact('number of native claims', native.length, nativeClaims.count),
    fact(
      'names that no native claim has',
      settings.observe === true ? { access: [], id: [] } : namesLeft(policy, native),
      {
        access: nativeClaims.absent.access,
        id: nativeClaims.absent.id,
      },
    ),
    fact('feeders of ID tokens', feedersOf(native, 'RESOURCE'), feedersOf(native, 'IDENTITY')),
    ...attributeFacts(deployment),
    ...(hook === undefined ? [] : hookFacts(policy, settings, hook, deployment, compilation)),
  ];
}

function fact(at: string, expected: unknown, actual: unknown): Fact {
  return { at, expected, actual };
}

function digestOf({ artifacts }: Compilation, file: string): string {
  const content = artifacts.find(({ path }) => path === file)?.content ?? '';
  return createHash('sha256').update(content).digest('hex');
}

type Token = 'access' | 'id';
const claimTypes = { access: 'RESOURCE', id: 'IDENTITY' } as const;

/** The policy's names in a token, the marker's too. */
function namesIn(policy: Policy, token: Token): readonly string[] {
  const claims = policy.claims.filter(({ tokens }) => tokens.includes(token));
  const marker = token === 'access' && policy.marker !== undefined ? [policy.marker.claim] : [];
  return [...claims.map((claim) => claimName(claim, policy)), ...marker];
}

/** The policy's names that are not native claims. In ID tokens, Okta itself has claims under some of them. */
function namesLeft(policy: Policy, native: readonly NativeClaim[]) {
  const left = (token: Token) =>
    namesIn(policy, token).filter(
      (name) => !native.some((claim) => claim.name === name && claim.claimType === claimTypes[token]),
    );
  return { access: left('access'), id: left('id').filter((name) => !systemIdNames.includes(name)) };
}

function feedersOf(native: readonly NativeClaim[], type: NativeClaim['claimType']) {
  return native
    .filter(({ name, claimType }) => name.startsWith(feederPrefix) && claimType === type)
    .map(({ claimType: _, ...claim }) => claim);
}

/** Attributes that expressions name must be in the schemas; otherwise Okta fails every token request. */
function attributeFacts({ manifest: { schemas }, native }: Deployment): readonly Fact[] {
  const texts = native.filter(({ valueType }) => valueType === 'EXPRESSION').map(({ value }) => value);
  const named = (owner: string) => [
    ...new Set(texts.flatMap((text) => [...text.matchAll(attributeIn(owner))].map(([, name = '']) => name))),
  ];
  const missing = (owner: string, known: readonly string[]) =>
    fact(
      `attributes of \`${owner}\` that no schema has`,
      [],
      named(owner).filter((name) => !known.includes(name)),
    );
  return [
    missing(
      'user',
      schemas.user.map(({ name }) => name),
    ),
    missing(
      'appuser',
      schemas.appUser.map(({ name }) => name),
    ),
    missing('app.profile', schemas.app),
  ];
}

function attributeIn(owner: string): RegExp {
  return new RegExp(`(?<![\\w.])${owner.replace('.', '\\.')}\\.([A-Za-z]\\w*)(?![\\w(])`, 'g');
}

function hookFacts(
  policy: Policy,
  settings: Settings,
  hook: HookPolicy,
  { manifest, native }: Deployment,
  compilation: Compilation,
): readonly Fact[] {
  const { url, auth, authorizationServer } = settings.hook;
  const isOauth = auth === 'oauth';
  const registered = manifest.hook;
  const channel = registered?.registration.channel;
  const text = compilation.artifacts.find(({ path }) => path === 'policy.mjs')?.content ?? '';
  const names = [...text.matchAll(/\$\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const made = (token: Token) =>
    native.filter(({ claimType }) => claimType === claimTypes[token]).map(({ name }) => name);
  return [
    fact('digest of the hook', digestOf(compilation, 'policy.mjs'), registered?.sha256),
    fact('policy of the hook', [policy.name, policy.revision], [hook.program.name, hook.program.revision]),
    fact('deadline of the hook', deadlineOf(settings), hook.deadlineMs),
    fact('deadline of the hook in the manifest', deadlineOf(settings), registered?.deadlineMs),
    fact('address of the hook', url, channel?.config.uri),
    fact('channel of the hook', isOauth ? 'OAUTH' : 'HTTP', channel?.type),
    fact('header of the hook', isOauth ? undefined : 'authorization', channel?.config.authScheme?.key),
    fact(
      'authorization server of the hook',
      isOauth ? authorizationServer : undefined,
      registered?.tokenFrom,
    ),
    fact('secrets of the hook', secretsBy(auth), registered?.secrets),
    fact('hook of the rules', registered?.registration.name, manifest.rules.inlineHook),
    fact('settings of the hook', [...new Set(names)].sort(), hook.settings),
    fact('settings of the hook in the manifest', hook.settings, registered?.settings),
    fact('guard of the hook', guardOf(policy, settings), hook.guard),
    ...(['access', 'id'] as const).map((token) =>
      fact(
        `claims of the hook, ${token} token`,
        [
          ...namesIn(policy, token).filter(
            (name) => !made(token).includes(name) && name !== policy.marker?.claim,
          ),
          ...(settings.remove?.[token] ?? []),
        ],
        hook.claims[token],
      ),
    ),
    ...policy.sources.flatMap((source) => {
      const built = hook.sources[source.name];
      if (source.kind !== 'http' || built === undefined) return [];
      const isPrivate = built.kind === 'http' && built.private;
      return [fact(`source ${source.name}: may be on a private network`, source.private, isPrivate)];
    }),
  ];
}

/** What an administrator must also enter at Okta. */
function secretsBy(auth: Settings['hook']['auth']): readonly string[] {
  if (auth === 'header') return ['config.authScheme.value'];
  return ['clientId', 'clientSecret', 'tokenUrl', 'scope'].map((name) => `config.${name}`);
}

/** As docs/okta.md has it. */
function guardOf({ marker }: Policy, { guard, audience }: Settings): HookPolicy['guard'] {
  return {
    quarantine:
      guard.includes('quarantine') && audience !== undefined
        ? { from: 'urn:claimsmith:unenriched', to: audience }
        : undefined,
    sentinel:
      guard.includes('sentinel') && marker !== undefined
        ? { claim: marker.claim, value: 'unenriched' }
        : undefined,
    shortLifeSeconds: guard.includes('short_life') ? 300 : undefined,
  };
}
