import { environmentParameters, type GivenParameter, type GivenParameters } from '@claimsmith/core/spec';
import { CliError } from '../error.ts';
import { type EnvironmentFile, findEnvironment } from '../publish/find-environment.ts';
import type { SpecFile } from './find.ts';
import { readText } from './read-text.ts';

/** Where the values of parameters come from. */
export interface ParameterOptions {
  /** `name=value`; these win. */
  readonly set?: readonly string[];
  /** The name or path of an environment. */
  readonly env?: string;
  /** Whether the only environment is taken if none is named. */
  readonly needsEnvironment?: boolean;
}

/**
 * The values of parameters from the command line and from an environment.
 *
 * @throws {CliError} `usage` for a `--set` without a name, or what finding the environment throws
 */
export async function givenParameters(
  spec: SpecFile,
  cwd: string,
  { set = [], env, needsEnvironment = false }: ParameterOptions,
): Promise<GivenParameters> {
  const isFromFile = env !== undefined || needsEnvironment;
  const fromFile = isFromFile ? fileParameters(await findEnvironment(env, spec, cwd), spec) : [];
  const typed = set.map((text): readonly [string, GivenParameter] => {
    const [, name, value = ''] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new CliError('usage', `--set needs a name and a value: --set region=eu`);
    return [name, { from: `--set ${name}`, value }];
  });
  const names = typed.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CliError('usage', `--set ${twice} is given twice`);
  return Object.fromEntries([...fromFile, ...typed]);
}

/** The reader of environments reports what is wrong with the file. */
function fileParameters(
  { path, file, isNamed }: EnvironmentFile,
  spec: SpecFile,
): readonly (readonly [string, GivenParameter])[] {
  const content = isNamed ? readText(path, file) : readText(path, file, spec.folder);
  if (content.kind === 'not_text') return [];
  return Object.entries(environmentParameters({ file, text: content.text }));
}
