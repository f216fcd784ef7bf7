import { request } from '@claimsmith/runtime';
import type { awsRequest } from '../platform/modules/aws.ts';
import type { functionSettings } from '../platform/modules/settings.ts';
import { type Databases, simulatedDatabases } from './databases.ts';

/**
 * Stand for the files beside the function. Requests are not signed: the signature is not part of what the policy asks. Settings have
 * the values that the surroundings give.
 */
export function filesBeside(now: () => Databases): Readonly<Record<string, object>> {
  const signing: { readonly awsRequest: typeof awsRequest } = { awsRequest: () => request };
  const settings: { readonly functionSettings: typeof functionSettings } = {
    functionSettings: (environment, names) => ({
      // The environment of this call.
      get values() {
        const texts = names.flatMap((name) => {
          const text = environment[name];
          return text === undefined ? [] : [[name, text] as const];
        });
        return Object.fromEntries(texts);
      },
      ready: async () => undefined,
    }),
  };
  return {
    './databases.mjs': simulatedDatabases(now),
    './aws.mjs': signing,
    './settings.mjs': settings,
  };
}
