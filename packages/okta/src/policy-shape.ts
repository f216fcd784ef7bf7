import type { Program } from '@claimsmith/runtime';
import * as z from 'zod/mini';
import type { HookPolicy } from './platform/policy.ts';

const named = z.string().check(z.minLength(1));
const names = z.readonly(z.array(named));
const milliseconds = z.number().check(z.gte(0), z.lte(86_400_000));

function callable<Callable>() {
  return z.custom<Callable>((value) => typeof value === 'function', 'has to be a function');
}

/** The common parts of all sources. */
const bounds = {
  timeoutMs: milliseconds.check(z.gt(0)),
  retries: z.number().check(z.gte(0), z.lte(10)),
  cacheMs: milliseconds,
  staleMs: milliseconds,
  limitBytes: z.number().check(z.gt(0)),
};

const client = z.object({
  tokenUrl: named,
  clientId: named,
  clientSecret: named,
  scope: z.exactOptional(named),
  audience: z.exactOptional(named),
  inBody: z.exactOptional(z.literal(true)),
});

const source = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('http'),
    method: z.exactOptional(z.literal('POST')),
    headers: z.record(named, z.string()),
    private: z.boolean(),
    oauth2: z.exactOptional(client),
    aws: z.exactOptional(z.object({ region: named, service: named })),
    ...bounds,
  }),
  z
    .object({
      kind: z.literal('sql'),
      connection: named,
      query: z.readonly(z.array(z.string()).check(z.minLength(1))),
      bound: names,
      rows: z.enum(['one', 'many']),
      booleans: z.exactOptional(names),
      ...bounds,
    })
    .check(z.refine(({ query, bound }) => query.length === bound.length + 1, 'has a query cut elsewhere')),
  z.object({
    kind: z.literal('dynamodb'),
    table: named,
    region: named,
    endpoint: z.exactOptional(named),
    consistent: z.boolean(),
    ...bounds,
  }),
]);

const feeders = z.object({
  proof: named,
  items: z.readonly(
    z.array(z.object({ claim: named, field: named, kind: z.enum(['value', 'list', 'groups']) })),
  ),
});

/**
 * The shape of a built policy. Change it together with {@link HookPolicy}: each must be assignable to the other, here
 * and in the test.
 */
export const policyShape = z.object({
  program: z.object({
    name: named,
    revision: named,
    context: callable<Program['context']>(),
    needs: callable<Program['needs']>(),
    decide: callable<Program['decide']>(),
  }),
  sources: z.record(z.string(), source),
  settings: names,
  feeders: z.union([z.undefined(), feeders]),
  guard: z.object({
    quarantine: z.union([z.undefined(), z.object({ from: named, to: named })]),
    sentinel: z.union([z.undefined(), z.object({ claim: named, value: named })]),
    shortLifeSeconds: z.union([z.undefined(), z.number().check(z.gt(0))]),
  }),
  exchange: z.exactOptional(z.literal(true)),
  observe: z.optional(z.union([z.literal(true), z.object({ clients: names }), z.object({ except: names })])),
  // Okta gives up after 3 seconds and issues the token as it is.
  deadlineMs: z.number().check(z.gt(0), z.lt(3_000)),
  claims: z.object({ access: names, id: names }),
  native: z.record(named, named),
  auditKey: z.exactOptional(named),
}) satisfies z.ZodMiniType<HookPolicy>;

/** Why the hook's server cannot use a value as a policy; undefined if it can. */
export function policyProblem(value: unknown): string | undefined {
  const issue = policyShape.safeParse(value).error?.issues[0];
  return issue && `${issue.path.join('.') || 'policy'}: ${issue.message}`;
}

export function isHookPolicy(value: unknown): value is HookPolicy {
  return policyProblem(value) === undefined;
}
