import { type Access, type Known, mappingOf, type Policy, type Secret, TargetError } from '@claimsmith/core';
import { planOf } from '../plan/plan.ts';
import { settingsOf } from '../settings.ts';
import type { Entry } from './entry.ts';
import { unknownSecret } from './resources.ts';
import { valueAt } from './state.ts';
import type { HookTarget } from './wanted.ts';

/** The hook's secret, which Okta never returns. */
export interface Secrets {
  /** What the environment says about the hook. */
  target(): Promise<HookTarget>;
  /** The value that a hook's image wants. @throws {TargetError} `settings` */
  value(image: unknown): Promise<string>;
  /** The digest of the secret that the hook has, if nobody has changed the hook since we sent it. */
  digestOf(key: string, stamp: string): string;
  /** Before a write: whatever is there after it, with another stamp, has this secret. */
  sending(key: string, digest: string, stamp: string | undefined): void;
  /** After a write: the stamp that the hook has now. */
  sent(key: string, stamp: string): void;
}

export function createSecrets(
  policy: Policy,
  entry: Entry,
  access: Access,
  known: (key: string) => Known | undefined,
): Secrets {
  const sent = new Map<
    string,
    { readonly digest: string; readonly after: string | undefined; at?: string }
  >();
  const secretOf = async (image: unknown): Promise<Secret | undefined> => {
    const reference =
      valueAt(image, 'auth', 'type') === 'OAUTH' ? entry.hookClient?.clientSecret : entry.hookSecret;
    return reference && access.secret(reference);
  };
  return {
    async target() {
      // Without a hook, nobody needs to have its secret at hand.
      const isNeeded = planOf(policy).hook !== undefined;
      const { hookClient: client, hookUrl, createAttributes } = entry;
      const header =
        isNeeded && entry.hookSecret !== undefined ? await access.secret(entry.hookSecret) : undefined;
      const oauth = isNeeded && client !== undefined ? await access.secret(client.clientSecret) : undefined;
      assertUsable(header);
      return {
        url: hookUrl,
        secretDigest: header?.digest,
        client:
          client === undefined || oauth === undefined
            ? undefined
            : {
                clientId: client.clientId,
                tokenUrl: client.tokenUrl,
                scope: client.scope,
                secretDigest: oauth.digest,
              },
        createAttributes,
        audience: settingsOf(policy).audience,
      };
    },
    async value(image) {
      const secret = await secretOf(image);
      if (secret !== undefined) return secret.reveal();
      const field = valueAt(image, 'auth', 'type') === 'OAUTH' ? 'hookClient' : 'hookSecret';
      throw new TargetError('settings', `The environment lacks targets.okta.${field}.`);
    },
    digestOf(key, stamp) {
      const ours = sent.get(key);
      if (ours !== undefined) {
        if (ours.at === undefined && ours.after !== stamp) ours.at = stamp;
        if (ours.at === stamp) return ours.digest;
        if (ours.after !== stamp) return unknownSecret;
      }
      const last = known(key);
      const digest = valueAt(last?.image, 'auth', 'secret', '$secret');
      const isSame = mappingOf(last?.memo)['stamp'] === stamp;
      return isSame && typeof digest === 'string' ? digest : unknownSecret;
    },
    sending(key, digest, stamp) {
      sent.set(key, { digest, after: stamp });
    },
    sent(key, stamp) {
      const ours = sent.get(key);
      if (ours !== undefined) ours.at = stamp;
    },
  };
}

/** As the hook server demands it. */
function assertUsable(secret: Secret | undefined): void {
  if (secret === undefined || /^[\x21-\x7e]{16,4096}$/.test(secret.reveal())) return;
  throw new TargetError(
    'settings',
    'targets.okta.hookSecret must have 16 to 4,096 printable ASCII characters.',
  );
}
