/** What a server said to the cases of mapper-cases.ts, for machines that have none. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { TokenKind } from '../src/simulator/emulator/draft.ts';
import type { Claims } from './tokens.ts';

/** By case and kind of token. Ids that a server makes up are written as `<user>` and `<alias>`. */
export type Recorded = Readonly<Record<string, Partial<Readonly<Record<TokenKind, Claims>>>>>;

const file = new URL('golden/mappers.json', import.meta.url);

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Written by the suite against a server where `KEYCLOAK_RECORD` is set. */
export function writeRecorded(recorded: Recorded): void {
  writeFileSync(file, `${JSON.stringify(recorded, undefined, 1)}\n`);
}

/** Puts the stand-ins in the place of ids. */
export function withoutIds(claims: Claims, ids: Readonly<Record<string, string>>): Claims {
  let text = JSON.stringify(claims);
  for (const [name, id] of Object.entries(ids)) text = text.replaceAll(id, `<${name}>`);
  return JSON.parse(text);
}
