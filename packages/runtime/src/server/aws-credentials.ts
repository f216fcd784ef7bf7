import { within } from '../within.ts';
import { SourceError } from './source-error.ts';

/** A machine's own credentials are asked for over its network, once. */
const credentialsTimeoutMs = 5000;

/** @throws SourceError if the AWS SDK finds no credentials on the machine */
export async function requireCredentials(name: string, find: () => Promise<unknown>): Promise<void> {
  const found = await within<unknown>(credentialsTimeoutMs, undefined, find).catch(() => undefined);
  if (found === undefined) throw new SourceError('connection', name, 'AWS credentials were not found');
}
