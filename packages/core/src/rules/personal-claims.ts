import type { Expression } from '@claimsmith/cel';
import { pathsCarriedBy, pathsIn, type ReadPath, wordInPath } from '../names-read.ts';
import type { PolicyClaim } from '../policy.ts';
import { bareName, type WordFinder } from '../words/word-list.ts';

/** A word that says what a claim is about, and where it stands: in the claim's name, or in a field that it reads. */
export interface FoundWord {
  readonly word: string;
  /** For people: `its name`, `user.attributes.dob`. */
  readonly where: string;
}

/**
 * Finds a word in the name of a claim, or in the names of fields that it carries.
 *
 * @param reads `carried`: fields whose values reach the token; `all`: also those that it only compares
 */
export function wordOf(
  { name, value, type, as }: PolicyClaim,
  find: WordFinder,
  reads: 'carried' | 'all' = 'carried',
): FoundWord | undefined {
  const paths = value === undefined ? [] : reads === 'all' ? pathsIn(value) : pathsCarriedBy(value);
  const read = wordAmong(paths, find);
  if (read !== undefined) return read;
  // Whether something is so is not the thing itself.
  if (reads === 'carried' && type.kind === 'bool') return undefined;
  // Of the request and the client nothing is known that its name would have to say.
  if (paths.length > 0 && paths.every(([root = '']) => impersonal.includes(root))) return undefined;
  const word = find(bareName(name));
  if (word !== undefined) return { word, where: 'its name' };
  for (const alias of Object.values(as)) {
    const found = alias === undefined ? undefined : find(bareName(alias));
    if (found !== undefined) return { word: found, where: `its name \`${alias}\`` };
  }
  return undefined;
}

/** Finds a word in the names of the fields that a condition reads. */
export function wordInCondition(condition: Expression | undefined, find: WordFinder): FoundWord | undefined {
  return condition && wordAmong(pathsIn(condition), find);
}

function wordAmong(paths: readonly ReadPath[], find: WordFinder): FoundWord | undefined {
  for (const path of paths) {
    const word = wordInPath(path, find);
    if (word !== undefined) return { word, where: `\`${path.join('.')}\`` };
  }
  return undefined;
}

const impersonal: readonly string[] = [
  'request',
  'client',
  'tenant',
  'workload',
  'connection',
  'now',
  'subject_type',
  'issuer',
];

/** Whether a claim says what it is for, and who reads it. */
export function isAccountedFor({
  purpose = '',
  consumers = [],
}: {
  readonly purpose?: string | undefined;
  readonly consumers?: readonly string[] | undefined;
}): boolean {
  return purpose.trim() !== '' && consumers.length > 0;
}
