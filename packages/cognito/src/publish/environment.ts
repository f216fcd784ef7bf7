import { type Access, type Policy, type Secret, TargetError } from '@claimsmith/core';
import type { FunctionImage } from './images.ts';
import type { FunctionConfiguration } from './wire.ts';

type Digests = FunctionImage['environment'];

/** Variables that Lambda sets itself, and does not let anybody set. */
const reserved =
  /^(?:AWS_(?!ENDPOINT_URL)\w+|_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

/** All variables together, names included. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const environmentLimitBytes = 4_096;

/** The values of the policy's settings, as far as the environment has them. */
export interface Values {
  readonly values: ReadonlyMap<string, Secret>;
  /** Why there is no value, for people. */
  readonly problems: readonly string[];
}

/** The settings that become variables of the function. */
export function variableNames({ secrets }: Policy): readonly string[] {
  return secrets.filter((name) => !reserved.test(name));
}

/** A value that is missing is a conflict for a plan that needs it, not for one that deletes. */
export async function valuesOf(names: readonly string[], access: Access): Promise<Values> {
  const values = new Map<string, Secret>();
  const problems: string[] = [];
  for (const name of names) {
    try {
      values.set(name, await access.setting(name));
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      problems.push(error.message);
    }
  }
  return { values, problems };
}

/** Why a function cannot have these variables; undefined: it can. */
export function sizeProblem(variables: Readonly<Record<string, string>>): string | undefined {
  const bytes = Object.entries(variables)
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes <= environmentLimitBytes) return undefined;
  return `The settings have ${bytes} bytes, with the variables that others have set; all variables of a function have ${environmentLimitBytes} at most. Keep long values in Secrets Manager, and name them with { secretsManager: … }.`;
}

/** The variables of a function that others have set. */
export function othersIn(
  latest: FunctionConfiguration | undefined,
  own: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const all = latest === undefined ? {} : variablesOf(latest);
  return Object.fromEntries(Object.entries(all).filter(([name]) => !own.has(name)));
}

/** The variables of a function. @throws {TargetError} `forbidden` if they may not be decrypted */
export function variablesOf({ Environment }: FunctionConfiguration): Readonly<Record<string, string>> {
  if (Environment?.Error === undefined) return Environment?.Variables ?? {};
  throw new TargetError(
    'forbidden',
    'Cannot read the environment variables of the function: the credential lacks the permission kms:Decrypt for its key',
  );
}

/** Variables of ours by their digests. What others have set is not shown, and kept. */
export async function digestsOf(
  variables: Readonly<Record<string, string>>,
  own: ReadonlySet<string>,
  access: Access,
): Promise<Digests> {
  const digests: Record<string, { readonly $secret: string }> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (own.has(name)) digests[name] = { $secret: (await access.secret({ value })).digest };
  }
  return digests;
}
