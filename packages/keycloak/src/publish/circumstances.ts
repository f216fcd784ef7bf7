import type { Notice, Policy } from '@claimsmith/core';
import type { Built } from './built.ts';
import type { RealmState } from './realm-state.ts';

/** What a realm is judged by. */
export interface Circumstances {
  readonly policy: Policy;
  readonly built: Built;
  readonly realm: string;
  readonly state: RealmState;
  /** The clients to enrich, by id; undefined: all new ones. */
  readonly clients: readonly string[] | undefined;
  readonly userProfile: 'create' | 'check';
}

/** Nothing is written while it is there. */
export function conflict(message: string, help: string, key?: string): Notice {
  return { severity: 'conflict', message, help, ...(key === undefined ? {} : { key }) };
}

export function warning(message: string, help: string, key?: string): Notice {
  return { severity: 'warning', message, help, ...(key === undefined ? {} : { key }) };
}

/** The clients that get the client scopes now; in a realm whose new clients get them, those that have them. */
export function enrichedClients({
  built,
  state,
  clients,
}: Pick<Circumstances, 'built' | 'state' | 'clients'>) {
  const { base } = built;
  return state.clients.filter(({ clientId, defaultClientScopes, optionalClientScopes }) =>
    clients === undefined
      ? base !== undefined && [...defaultClientScopes, ...optionalClientScopes].includes(base)
      : clients.includes(clientId),
  );
}
