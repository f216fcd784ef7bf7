import { basename, resolve } from 'node:path';
import { isMapping } from '@claimsmith/core';
import { type SourceAnswer, sourceFailures } from '@claimsmith/core/spec';
import { CliError } from '../error.ts';
import { nearest } from '../nearest.ts';
import { visible } from '../output/text.ts';
import { shown } from '../spec/find.ts';
import { readText } from '../spec/read-text.ts';
import type { Trial } from './trial.ts';

/** An event of the vendor to try, from files. */
export interface EventTrial extends Omit<Trial, 'context' | 'expect'> {
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * Reads an event, and the sources' answers to it: `{ "<source>": { … } }`, or `{ "fails": "timeout" }`.
 *
 * @param known the sources of the spec
 * @throws {CliError} `io` if a file is not a JSON object, or names an unknown source or failure
 */
export async function readEvent(
  path: string,
  sources: string | undefined,
  known: readonly string[],
  cwd: string,
): Promise<EventTrial> {
  const event = await readObject(path, cwd);
  const answers = sources === undefined ? {} : await readAnswers(sources, known, cwd);
  return {
    name: basename(path),
    event,
    answers,
    nowSeconds: Math.floor(Date.now() / 1000),
  };
}

async function readAnswers(
  path: string,
  known: readonly string[],
  cwd: string,
): Promise<Readonly<Record<string, SourceAnswer>>> {
  const answers: Record<string, SourceAnswer> = {};
  const file = shown(resolve(cwd, path), cwd);
  for (const [source, value] of Object.entries(await readObject(path, cwd))) {
    if (!known.includes(source))
      throw new CliError(
        'io',
        `${file}: the spec has no source \`${visible(source)}\`${await nearest(source, known)}`,
      );
    const answer = toAnswer(value);
    if (answer === undefined) {
      const choices = `${sourceFailures.slice(0, -1).join(', ')} or ${sourceFailures.at(-1)}`;
      throw new CliError('io', `${file}: \`${visible(source)}.fails\` must be ${choices}, and the only key`);
    }
    answers[source] = answer;
  }
  return answers;
}

/** As in scenarios, no source may answer with a key `fails`, so that a misspelt failure does not become an answer. */
function toAnswer(value: unknown): SourceAnswer | undefined {
  if (!isMapping(value) || !Object.hasOwn(value, 'fails')) return { value };
  const failure = sourceFailures.find((name) => name === value['fails']);
  return failure === undefined || Object.keys(value).length > 1 ? undefined : { fails: failure };
}

async function readObject(path: string, cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const absolute = resolve(cwd, path);
  const name = shown(absolute, cwd);
  const content = readText(absolute, name);
  if (content.kind === 'not_text') throw new CliError('io', `${name} is not UTF-8 text`);
  let data: unknown;
  try {
    data = JSON.parse(content.text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new CliError('io', `${name} is not JSON: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
  if (!isMapping(data)) throw new CliError('io', `${name} is not a JSON object`);
  if (isDeeper(data, mostLevels))
    throw new CliError('io', `${name} is nested deeper than ${mostLevels} levels`);
  return data;
}

/** Far more than in vendors' events or answers, and far less than the stack allows. */
const mostLevels = 200;

/** Level by level, because recursion into the deepest possible file would exhaust the stack. */
function isDeeper(data: object, levels: number): boolean {
  let level: readonly object[] = [data];
  for (let depth = 0; depth < levels; depth++) {
    level = level.flatMap((value) => Object.values(value).filter(isNested));
    if (level.length === 0) return false;
  }
  return true;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
