import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { HookPolicy } from '../hook/policy.ts';
import { ServerError, systemCode } from './server-error.ts';

export interface LoadedPolicy {
  readonly policy: HookPolicy;
  /** Of the file's bytes. */
  readonly digest: string;
}

const named = z.string().check(z.minLength(1));
const callable = z.custom((value) => typeof value === 'function');
const names = z.array(named);
const milliseconds = z.number().check(z.gte(0), z.lte(86_400_000));

const hookPolicy = z.object({
  program: z.object({
    name: named,
    revision: named,
    context: callable,
    needs: callable,
    decide: callable,
  }),
  sources: z.record(
    z.string(),
    z.object({
      kind: z.enum(['http', 'sql', 'dynamodb']),
      timeoutMs: milliseconds.check(z.gt(0)),
      retries: z.number().check(z.gte(0), z.lte(10)),
      cacheMs: milliseconds,
      staleMs: milliseconds,
      limitBytes: z.number().check(z.gt(0)),
    }),
  ),
  settings: names,
  feeders: z.optional(
    z.object({
      proof: named,
      items: z.array(z.object({ claim: named, field: named, kind: z.enum(['value', 'list', 'groups']) })),
    }),
  ),
  guard: z.object({ audience: z.optional(named) }),
  // Okta gives up after 3 seconds and issues the token as it is.
  deadlineMs: z.number().check(z.gt(0), z.lt(3_000)),
  claims: z.object({ access: names, id: names }),
});

/**
 * Loads a built policy and tries it out. The bytes that are digested are those that run, whatever happens to the file
 * meanwhile.
 *
 * @throws ServerError `policy` when it can't be read, does not load, or is none
 */
export async function loadPolicy(file: string): Promise<LoadedPolicy> {
  const bytes = await readBytes(file);
  const url = `data:text/javascript;base64,${bytes.toString('base64')}`;
  let loaded: unknown;
  try {
    loaded = await import(/* @vite-ignore */ url);
  } catch (cause) {
    // The message may hold the whole address, and so the policy.
    throw new ServerError('policy', `${file} does not load: ${nameOf(cause)}`, { cause });
  }
  const policy =
    typeof loaded === 'object' && loaded !== null && 'policy' in loaded ? loaded.policy : undefined;
  if (policy === undefined) throw new ServerError('policy', `${file} exports no policy`);
  const problem = problemOf(policy);
  if (problem !== undefined || !isHookPolicy(policy)) {
    throw new ServerError('policy', `${file} is not a policy for this server: ${problem}`);
  }
  try {
    policy.program.decide(policy.program.context({}), {});
  } catch (cause) {
    throw new ServerError('policy', `${file} can't decide: ${nameOf(cause)}`, { cause });
  }
  return { policy, digest: createHash('sha256').update(bytes).digest('hex') };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ServerError('policy', `${file} can't be read: ${systemCode(cause)}`, { cause });
  }
}

function isHookPolicy(value: unknown): value is HookPolicy {
  return problemOf(value) === undefined;
}

function problemOf(value: unknown): string | undefined {
  const issue = hookPolicy.safeParse(value).error?.issues[0];
  return issue && `${issue.path.join('.') || 'policy'}: ${issue.message}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'an error';
}
