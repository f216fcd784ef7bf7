import type { Resource } from '@claimsmith/core';
import { type ActionImage, type ActionMemo, type DraftImage, jsonOf } from './images.ts';
import { actionKey, triggerText } from './names.ts';
import type { SecretDigests } from './secret-digests.ts';
import type { Action, Content } from './wire.ts';

/** An Action as a resource. */
export function resourceOf(action: Action, owner: Resource['owner'], digests: SecretDigests): Resource {
  const key = actionKey(action.name);
  const { id, modules } = action;
  return {
    key,
    owner,
    id,
    image: jsonOf(imageOf(action, digests)),
    memo: memoOf(action),
    ...(modules.length === 0
      ? {}
      : {
          rest: {
            modules: modules.map(({ module_id, module_version_id }) => [
              module_id,
              module_version_id ?? null,
            ]),
          },
        }),
  };
}

export function memoOf(action: Action): ActionMemo {
  const version = deployedOf(action)?.id;
  const secrets = action.secrets.flatMap(({ name, updated_at }) =>
    updated_at === undefined ? [] : [[name, updated_at] as const],
  );
  return { ...(version === undefined ? {} : { version }), secrets: Object.fromEntries(secrets) };
}

/** What runs; undefined: the Action was never deployed, or its deployment is still on the way. */
export function deployedOf({ deployed_version: version }: Action) {
  return version?.deployed === true ? version : undefined;
}

export function imageOf(action: Action, digests: SecretDigests): ActionImage {
  const runs = deployedOf(action);
  const draft = runs === undefined ? {} : differences(contentOf(action), contentOf(runs));
  return {
    ...contentOf(runs ?? action),
    secrets: digests.of(action, runs),
    deployed: runs !== undefined,
    ...(Object.keys(draft).length === 0 ? {} : { draft }),
  };
}

/** The parts of an image that drafts and versions have. */
export type ContentImage = Pick<ActionImage, 'trigger' | 'runtime' | 'dependencies' | 'code'>;

export function contentOf({
  supported_triggers,
  runtime,
  dependencies: packages,
  code: text,
}: Content): ContentImage {
  return {
    trigger: supported_triggers.map(({ id, version }) => triggerText(id, version)).join(', '),
    runtime,
    dependencies: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
    code: { $code: text },
  };
}

/** The parts in which a draft differs from what runs. */
function differences(draft: ContentImage, runs: ContentImage): DraftImage {
  return {
    ...(draft.trigger === runs.trigger ? {} : { trigger: draft.trigger }),
    ...(draft.runtime === runs.runtime ? {} : { runtime: draft.runtime }),
    ...(isSameDependencies(draft.dependencies, runs.dependencies)
      ? {}
      : { dependencies: draft.dependencies }),
    ...(draft.code.$code === runs.code.$code ? {} : { code: draft.code }),
  };
}

export function isSameContent(a: ContentImage, b: ContentImage): boolean {
  return Object.keys(differences(a, b)).length === 0;
}

function isSameDependencies(a: ActionImage['dependencies'], b: ActionImage['dependencies']): boolean {
  const text = (all: ActionImage['dependencies']) => JSON.stringify(Object.entries(all).toSorted());
  return text(a) === text(b);
}
