import type { Decision } from './program.ts';

/**
 * What a decision would do, for the log of a policy that only observes: names of the policy and codes, never a value. A
 * requested scope may name somebody's account, so scopes are only counted.
 *
 * @param refused why a platform would deny although the policy does not; undefined: it would not
 */
export function observation(decision: Decision, refused: string | undefined): string {
  const { denied, challenge, left, access, id, scopes } = decision;
  const reason = denied ?? refused;
  if (reason !== undefined)
    return `would deny ${reason}${challenge === undefined ? '' : ', or ask for a factor'}`;
  if (left === true) return 'would leave the token alone';
  const parts = [
    ['access', Object.keys(access).join(' ')],
    ['id', Object.keys(id).join(' ')],
    ['scopes added', String(scopes.add.length || '')],
    ['scopes removed', String(scopes.remove.length || '')],
  ].filter(([, what]) => what !== '');
  return `would issue${parts.map(([name, what]) => `; ${name}: ${what}`).join('')}`;
}

/** The clients for which a policy only observes: all, some, or all but some. */
export type Observe = true | { readonly clients: readonly string[] } | { readonly except: readonly string[] };

/** Whether the policy only observes the tokens of a client. It is in force for a client that is not known. */
export function isObserved(observe: Observe | undefined, client: string | undefined): boolean {
  if (observe === undefined || observe === true) return observe === true;
  if (client === undefined) return false;
  return 'clients' in observe ? observe.clients.includes(client) : !observe.except.includes(client);
}
