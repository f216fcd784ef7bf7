import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TextFile } from '@claimsmith/core/spec';
import { CliError, systemCode, systemReason } from '../error.ts';
import { shown } from '../spec/find.ts';
import { readText } from '../spec/read-text.ts';

/** The schema and the policies of a service, in the folder `cedar` beside the spec. */
export interface CedarFolder {
  readonly schema: TextFile;
  /** In the order of their names. */
  readonly policies: readonly TextFile[];
}

/** Whether there is a schema beside a spec. */
export function hasCedarSchema(specFolder: string): boolean {
  return namesIn(join(specFolder, 'cedar'), specFolder).some(isSchema);
}

/** Whether there is a schema or a policy beside a spec. */
export function hasCedarFiles(specFolder: string): boolean {
  return namesIn(join(specFolder, 'cedar'), specFolder).some((name) => isSchema(name) || isPolicy(name));
}

function isPolicy(name: string): boolean {
  return name.endsWith('.cedar');
}

function isSchema(name: string): boolean {
  return name.endsWith('.cedarschema');
}

/** @throws {CliError} `not_found` if a part is missing, `io` if it cannot be read */
export function readCedarFolder(specFolder: string, cwd: string): CedarFolder {
  const folder = join(specFolder, 'cedar');
  const names = namesIn(folder, cwd);
  const text = (name: string): TextFile => {
    const path = join(folder, name);
    const file = shown(path, cwd);
    const content = readText(path, file, specFolder);
    if (content.kind === 'not_text') throw new CliError('io', `${file} is not UTF-8 text`);
    return { file, text: content.text };
  };
  const [schema, another] = names.filter(isSchema);
  const policies = names.filter(isPolicy);
  if (schema === undefined || policies.length === 0)
    throw new CliError(
      'not_found',
      `${shown(folder, cwd)} needs a schema, such as service.cedarschema, and policies in files that end in .cedar`,
    );
  if (another !== undefined)
    throw new CliError(
      'io',
      `${shown(folder, cwd)} has two schemas, ${schema} and ${another}; one is needed`,
    );
  return { schema: text(schema), policies: policies.map(text) };
}

function namesIn(folder: string, cwd: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new CliError('io', `${shown(folder, cwd)} cannot be read: ${systemReason(error)}`, {
      cause: error,
    });
  }
}
