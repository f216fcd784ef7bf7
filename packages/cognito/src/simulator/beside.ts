import { request } from '@claimsmith/runtime';
import type { awsRequest } from '../platform/modules/aws.ts';
import { type Databases, simulatedDatabases } from './databases.ts';

/** Stand for the files beside the function. Requests are not signed: the signature is not part of what the policy asks. */
export function filesBeside(now: () => Databases): Readonly<Record<string, object>> {
  const signing: { readonly awsRequest: typeof awsRequest } = { awsRequest: () => request };
  return { './databases.mjs': simulatedDatabases(now), './aws.mjs': signing };
}
