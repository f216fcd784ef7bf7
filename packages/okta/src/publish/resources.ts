import type { Json, Known, Resource } from '@claimsmith/core';
import { quarantineAudience } from '../limits.ts';
import type { Deployment } from '../simulator/deployment.ts';
import {
  attributeImage,
  claimImage,
  claimRest,
  hookImage,
  hookRest,
  jsonOf,
  keys,
  ruleImage,
  ruleRest,
  serverImage,
  serverRest,
} from './images.ts';
import { isFeeder, isHookOf, scopeMark } from './mark.ts';
import { type OktaState, type Raw, type RuleState, textAt, valueAt } from './state.ts';

/** What the resources of an org depend on besides its state. */
export interface Surroundings {
  /** The policy's name. */
  readonly policy: string;
  /** The name of its hook. */
  readonly hook: string;
  /** The name of the policy marker's claim. */
  readonly marker: string | undefined;
  /** The authorization server as the spec names it. */
  readonly server: string;
  /** Undefined if the policy does not compile. */
  readonly deployment: Deployment | undefined;
  /** What the journal knows. */
  known(key: string): Known | undefined;
  /** The digest of a hook's secret, if it is the one that we sent last. */
  secretOf(key: string, stamp: string): string;
}

/** The digest of a secret that we have not sent, or that somebody may have changed since. */
export const unknownSecret = 'unknown';

/** The resources of an org. Pure. */
export function resourcesOf(state: OktaState, around: Surroundings): readonly Resource[] {
  return [
    ...hookResources(state, around),
    ...claimResources(state, around),
    ...scopeResources(state, around),
    ...attributeResources(state, around),
    ...ruleResources(state, around),
    serverResource(state.server, around),
  ];
}

/** The hooks that a policy's key names are about. Of several with one name, the first has the plain name. */
export function hookNames(hooks: readonly Raw[], policy: string): ReadonlyMap<string, string> {
  const rank = (hook: Raw) =>
    `${isHookOf(hook, policy) ? 0 : 1} ${textAt(hook, 'created')} ${textAt(hook, 'id')}`;
  const sorted = hooks.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const names = new Map<string, string>();
  for (const hook of sorted) {
    const [id, name] = [textAt(hook, 'id'), textAt(hook, 'name')];
    names.set(id, [...names.values()].includes(name) ? `${name} (${id})` : name);
  }
  return names;
}

/** Changes whenever a hook changes. */
export function stampOf(hook: unknown): string {
  return `${textAt(hook, 'id')} ${textAt(hook, 'lastUpdated')}`;
}

export function hookResources(
  { hooks }: Pick<OktaState, 'hooks'>,
  around: Surroundings,
): readonly Resource[] {
  const names = hookNames(hooks, around.policy);
  return hooks.flatMap((hook): Resource[] => {
    const isOurs = isHookOf(hook, around.policy);
    if (!isOurs && textAt(hook, 'name') !== around.hook) return [];
    const id = textAt(hook, 'id');
    const key = keys.hook(names.get(id) ?? id);
    return [
      {
        key,
        owner: isOurs ? 'ours' : 'foreign',
        image: hookImage(hook, isOurs ? around.secretOf(key, stampOf(hook)) : unknownSecret),
        rest: hookRest(hook),
        id,
        memo: { stamp: stampOf(hook) },
      },
    ];
  });
}

/**
 * Claims have no room for a mark. Ours are the feeders, those that the journal knows as ours, and those that are exactly
 * as the policy wants them.
 */
export function claimResources(
  { claims }: Pick<OktaState, 'claims'>,
  around: Surroundings,
): readonly Resource[] {
  const { deployment } = around;
  const absent = deployment?.manifest.nativeClaims.absent;
  return claims.flatMap((claim): Resource[] => {
    const [type, name] = [textAt(claim, 'claimType'), textAt(claim, 'name')];
    if (claim['system'] === true || (type !== 'RESOURCE' && type !== 'IDENTITY')) return [];
    const key = keys.claim(type, name);
    const image = claimImage(claim);
    const wanted = deployment?.native.find((one) => one.name === name && one.claimType === type);
    const isWanted = wanted !== undefined && JSON.stringify(claimImage(wanted)) === JSON.stringify(image);
    const isOurs = isFeeder(name) || isWanted || around.known(key)?.owner === 'ours';
    const isInTheWay = (type === 'RESOURCE' ? absent?.access : absent?.id)?.includes(name) === true;
    if (!isOurs && wanted === undefined && !isInTheWay) return [];
    const owner = isOurs ? 'ours' : 'foreign';
    return [{ key, owner, image, rest: claimRest(claim), id: textAt(claim, 'id') }];
  });
}

/** Scopes that others have made are as good as ours, and none of our business. */
export function scopeResources(
  { scopes }: Pick<OktaState, 'scopes'>,
  around: Surroundings,
): readonly Resource[] {
  return scopes
    .filter((scope) => textAt(scope, 'description') === scopeMark(around.policy))
    .map((scope) => ({
      key: keys.scope(textAt(scope, 'name')),
      owner: 'ours',
      image: { name: textAt(scope, 'name') },
      id: textAt(scope, 'id'),
    }));
}

/** They hold data of users, so they are never deleted, whoever has made them. */
export function attributeResources(
  { attributes }: Pick<OktaState, 'attributes'>,
  { deployment }: Surroundings,
): readonly Resource[] {
  return (deployment?.manifest.schemas.user ?? []).flatMap(({ name }): Resource[] => {
    const attribute = attributes?.[name];
    if (attribute === undefined) return [];
    return [{ key: keys.attribute(name), owner: 'shared', image: attributeImage(attribute) }];
  });
}

/** @param written what a change sets */
export function ruleResources(
  { rules, hooks }: Pick<OktaState, 'rules' | 'hooks'>,
  around: Surroundings,
  written?: Json,
): readonly Resource[] {
  const names = hookNames(hooks, around.policy);
  const named = ruleKeys(rules);
  return rules.map((state) => {
    const key = named.get(state) ?? '';
    const image = ruleImage(state, (id) => names.get(id) ?? `(gone) ${id}`);
    const minutes = (one: Json | undefined) => valueAt(one, 'accessTokenLifetimeMinutes');
    const known = around.known(key);
    const now = minutes(image);
    const isOurs =
      now === around.deployment?.manifest.rules.accessTokenLifetimeMinutes ||
      [known?.image, written].some((one) => minutes(one) === now);
    return {
      key,
      owner: 'shared',
      image,
      rest: ruleRest(state),
      id: ruleId(state),
      memo: { original: originalOf(known, now, isOurs) },
    };
  });
}

/** What others have set before us: a destroy restores it. */
function originalOf(known: Known | undefined, now: unknown, isOurs: boolean): Json {
  const before = valueAt(known?.memo, 'original');
  return jsonOf((isOurs ? before : undefined) ?? now ?? null);
}

/** The id of its policy, and its own. */
export function ruleId({ policy, rule }: RuleState): string {
  return `${textAt(policy, 'id')}/${textAt(rule, 'id')}`;
}

/** Names of policies and rules, with ids where they are not unique. */
export function ruleKeys(rules: readonly RuleState[]): ReadonlyMap<RuleState, string> {
  const plain = (state: RuleState) => keys.rule(textAt(state.policy, 'name'), textAt(state.rule, 'name'));
  const counts = new Map<string, number>();
  for (const state of rules) counts.set(plain(state), (counts.get(plain(state)) ?? 0) + 1);
  return new Map(
    rules.map((state) => {
      const isUnique = counts.get(plain(state)) === 1;
      return [state, isUnique ? plain(state) : `${plain(state)} (${textAt(state.rule, 'id')})`];
    }),
  );
}

/** @param written what a change sets */
export function serverResource(server: Raw, around: Surroundings, written?: Json): Resource {
  const key = keys.server(around.server);
  const image = serverImage(server);
  const known = around.known(key);
  const wanted = around.deployment?.manifest.authorizationServer.audience;
  const isOurs =
    [wanted, quarantineAudience].some((audience) => audience !== undefined && isAudience(image, audience)) ||
    [known?.image, written].some((one) => JSON.stringify(one) === JSON.stringify(image));
  return {
    key,
    owner: 'shared',
    image,
    rest: serverRest(server),
    id: textAt(server, 'id'),
    memo: { original: originalOf(known, valueAt(image, 'audiences'), isOurs) },
  };
}

export function isAudience(image: Json, audience: string): boolean {
  const audiences = valueAt(image, 'audiences');
  return Array.isArray(audiences) && audiences.length === 1 && audiences[0] === audience;
}
