import type { Denylist } from './denylist.ts';

/** A denylist of denylists: a token is revoked if one of them has it. If one fails, all fail. */
export function anyOf(...denylists: readonly Denylist[]): Denylist {
  return {
    readsStatus: denylists.some(({ readsStatus }) => readsStatus === true),
    async isRevoked(candidate) {
      const answers = await Promise.all(denylists.map(async (one) => one.isRevoked(candidate)));
      if (!answers.every((answer) => typeof answer === 'boolean'))
        throw new TypeError('a denylist has answered something else');
      return answers.includes(true);
    },
  };
}
