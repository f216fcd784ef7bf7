import type { Draft, TokenKind } from './draft.ts';
import type { Situation } from './situation.ts';

export type Config = Readonly<Record<string, string>>;

/** One provider of protocol mappers. */
export interface Mapper {
  /** Low ones run first. */
  readonly priority: number;
  readonly kinds: readonly TokenKind[];
  /** Set if the mapper runs independent of its include flags. */
  readonly always?: true;
  write(draft: Draft, config: Config, situation: Situation): void;
}

export const everywhere: readonly TokenKind[] = ['access', 'id', 'userinfo', 'introspection'];

/** Whether a mapper's flags include it: only `true` sets a flag, and two flags replace missing ones. */
export function includes(config: Config, kind: TokenKind, isLightweight: boolean): boolean {
  const flag = (name: string, otherwise?: string) =>
    (config[name] ?? (otherwise === undefined ? undefined : config[otherwise])) === 'true';
  switch (kind) {
    case 'access':
      return flag(isLightweight ? 'lightweight.claim' : 'access.token.claim');
    case 'id':
      return flag('id.token.claim');
    case 'userinfo':
      return flag('userinfo.token.claim', 'id.token.claim');
    case 'introspection':
      return flag('introspection.token.claim', 'access.token.claim');
  }
}
