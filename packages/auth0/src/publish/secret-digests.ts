import type { Access } from '@claimsmith/core';
import { type ActionImage, knownImage, parseMemo } from './images.ts';
import { actionKey } from './names.ts';
import type { Action, Content } from './wire.ts';

type Digests = ActionImage['secrets'];

/**
 * What we know of the values of secrets. Auth0 returns the name of a secret and when it was set, never its value. So a digest
 * holds as long as the time is the one at which we set it, as the journal, or this run, has seen it.
 */
export interface SecretDigests {
  /** The secrets of an Action. One that was set by somebody else, or is not deployed, has an unknown digest. */
  of(action: Pick<Action, 'name' | 'secrets'>, runs: Content | undefined): Digests;
  /** Notes what this run has just written. */
  remember(action: Pick<Action, 'name' | 'secrets'>, digests: Digests): void;
}

/** No value has this digest, so a plan sends the secret once. */
export const unknownDigest = 'unknown';

export function secretDigests(place: string, { known }: Access): SecretDigests {
  const written = new Map<string, string>();
  const idOf = (action: string, name: string, at: string) => JSON.stringify([action, name, at]);
  const fromJournal = (action: string, name: string, at: string): string | undefined => {
    const resource = known(place, actionKey(action));
    if (resource === undefined || parseMemo(resource.memo).secrets[name] !== at) return undefined;
    return knownImage(resource.image)?.secrets[name]?.$secret;
  };
  return {
    of({ name: action, secrets }, runs) {
      const names = new Set([...secrets, ...(runs?.secrets ?? [])].map(({ name }) => name));
      const digestOf = (name: string): string => {
        const at = timeOf(secrets, name);
        const isSame = runs === undefined || timeOf(runs.secrets, name) === at;
        if (at === undefined || !isSame) return unknownDigest;
        return written.get(idOf(action, name, at)) ?? fromJournal(action, name, at) ?? unknownDigest;
      };
      return Object.fromEntries([...names].map((name) => [name, { $secret: digestOf(name) }]));
    },
    remember({ name: action, secrets }, digests) {
      for (const { name, updated_at } of secrets) {
        const digest = digests[name]?.$secret;
        if (updated_at !== undefined && digest !== undefined && digest !== unknownDigest) {
          written.set(idOf(action, name, updated_at), digest);
        }
      }
    },
  };
}

function timeOf(secrets: Content['secrets'], name: string): string | undefined {
  return secrets.find((secret) => secret.name === name)?.updated_at;
}
