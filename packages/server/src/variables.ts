import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { ServerError, systemCode } from './server-error.ts';

/** Variables by name, as in `process.env`. An empty one counts as not given. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a server reads from its environment. */
export interface VariablesOptions<Shape extends z.core.$ZodLooseShape> {
  readonly variables: z.ZodMiniObject<Shape>;
  /** Variables that hold a secret. Each may also be given as a file, `<NAME>_FILE`; their values are never printed. */
  readonly secrets: readonly string[];
  /** Required variables, with the message if they are missing. */
  readonly needed: Readonly<Record<string, string>>;
}

/** What was read. */
export interface Variables<Data> {
  /** Undefined if `problems` says why. */
  readonly data: Data | undefined;
  /** All variables that are given, secrets included. */
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong, one per line, without any value. Checks over several variables add to it. */
  readonly problems: string[];
  /** Any variable, the server's own or not. */
  readonly given: Given;
}

/** The value of a variable, of the environment or the file; undefined if neither has it. */
export type Given = (name: string) => string | undefined;

export const text = z.string();
export const url = z.string().check(z.refine((value) => URL.canParse(value), 'is not an address'));

export const redisUrl = z
  .string()
  .check(z.regex(/^rediss?:\/\//, 'must be an address that starts with redis:// or rediss://'));

/** `CLAIMSMITH_SETTINGS`: the variables that a policy may read. */
export const settingNames = z._default(
  z.string().check(z.regex(/^[\w\s,]*$/, 'must be names separated by commas')),
  '',
);

/** A whole number, as text. */
export function whole(minimum: number, maximum: number) {
  const bounds = `must be a whole number from ${minimum} to ${maximum}`;
  return z.string().check(
    z.regex(/^[0-9]{1,9}$/, bounds),
    z.refine((value) => Number(value) >= minimum && Number(value) <= maximum, bounds),
  );
}

/**
 * Reads a server's variables from its environment, and from the JSON file in `CONFIG_FILE`, if set: an object with the
 * same names. A variable overrides the file.
 */
export function readVariables<Shape extends z.core.$ZodLooseShape>(
  environment: Environment,
  { variables, secrets, needed }: VariablesOptions<Shape>,
): Variables<z.output<z.ZodMiniObject<Shape>>> {
  const problems: string[] = [];
  const file = readConfigurationFile(environment['CONFIG_FILE'], problems);
  const given = (name: string) => environment[name] || file[name] || undefined;
  const values: Record<string, string> = {};
  for (const name of Object.keys(variables.shape)) {
    const value = given(name);
    if (value !== undefined) values[name] = value;
  }
  for (const name of secrets) {
    const value = secretOf(name, given, problems);
    if (value !== undefined) values[name] = value;
  }
  const parsed = variables.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    problems.push(`${name} ${Object.hasOwn(values, name) ? issue.message : (needed[name] ?? issue.message)}`);
  }
  return { data: parsed.data, values, problems, given };
}

/** @throws ServerError `configuration` with all problems, one per line */
export function refuseVariables(problems: readonly string[]): never {
  throw new ServerError('configuration', [...new Set(problems)].join('\n'));
}

/**
 * The values of the `${NAME}`s of a policy. Allowing the policy's names is not enough, because its author could name any
 * variable of this process.
 *
 * @param names what the policy asks for
 * @param listed what operators allow it to read
 * @param own the variables that the server reads itself
 * @throws ServerError `configuration` that names all missing ones
 */
export function settingsFor(
  names: readonly string[],
  listed: readonly string[],
  own: readonly string[],
  given: Given,
): Readonly<Record<string, string>> {
  const problems: string[] = [];
  const settings: Record<string, string> = {};
  for (const name of names) {
    if (own.some((one) => name === one || name === `${one}_FILE`))
      problems.push(`${name} belongs to the server: policies cannot read it`);
    else if (!listed.includes(name))
      problems.push(`the policy needs ${name}: list it in CLAIMSMITH_SETTINGS, and set it`);
    else {
      const value = secretOf(name, given, problems);
      if (value === undefined) problems.push(`the policy needs ${name}, which is not set`);
      else settings[name] = value;
    }
  }
  if (problems.length > 0) refuseVariables(problems);
  return settings;
}

/** The value of NAME, or what the file named by NAME_FILE holds. */
function secretOf(name: string, given: Given, problems: string[]) {
  const value = given(name);
  const file = given(`${name}_FILE`);
  if (file === undefined) return value;
  if (value !== undefined) {
    problems.push(`${name} and ${name}_FILE are both set: use only one`);
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    problems.push(`${name}_FILE cannot be read: ${systemCode(error)}`);
    return undefined;
  }
}

function readConfigurationFile(file: string | undefined, problems: string[]): Record<string, string> {
  if (!file) return {};
  const values: Record<string, string> = {};
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null || Array.isArray(content)) {
      problems.push('CONFIG_FILE cannot be read: it is not a JSON object');
      return values;
    }
    for (const [name, value] of Object.entries(content)) {
      if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
        problems.push(`CONFIG_FILE holds an unknown variable: ${name.slice(0, 40)}`);
      } else if (typeof value === 'object')
        problems.push(`${name} in CONFIG_FILE must be a text, a number or a boolean`);
      else values[name] = String(value);
    }
  } catch (error) {
    const why = systemCode(error);
    problems.push(`CONFIG_FILE cannot be read: ${why === 'unknown' ? 'it is not a JSON object' : why}`);
  }
  return values;
}
