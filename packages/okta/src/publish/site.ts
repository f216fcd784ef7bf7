import type { Access, Compilation, Policy } from '@claimsmith/core';
import type { Client } from './client.ts';
import type { Entry } from './entry.ts';
import type { Surroundings } from './resources.ts';
import type { Secrets } from './secrets.ts';
import type { Raw, Reader } from './state.ts';

/** What the parts of a place share. */
export interface Site {
  readonly policy: Policy;
  readonly entry: Entry;
  readonly access: Access;
  readonly reader: Reader;
  readonly connect: () => Promise<Client>;
  readonly secrets: Secrets;
  readonly hook: string;
  /** The authorization server as the spec names it. */
  readonly serverName: string;
  /** What {@link Place.look} last saw, whole. */
  readonly seen: Map<string, Raw>;
  serverId(): Promise<string>;
  around(): Promise<Surroundings>;
  compilation(): Promise<Compilation>;
}
