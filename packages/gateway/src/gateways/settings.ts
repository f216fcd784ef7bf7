/** A host and its port. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What a gateway's configuration is made of. */
export interface GatewaySettings {
  /** Where clients connect. */
  readonly listen: Place;
  /** Where the gateway's server listens. */
  readonly check: Place;
  /** The service that gets the requests. */
  readonly service: Place;
  /** All headers that the service may get: `headerNames(contract)`. */
  readonly headers: readonly string[];
}

/** One file of a configuration. */
export interface GatewayFile {
  readonly path: string;
  readonly content: string;
}

export function text({ host, port }: Place): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** How long gateways wait for an answer, in milliseconds: longer than the longest deadline of a check. */
export const patienceMs = 3_000;

/** Told at the head of each file. */
export function about(gateway: string, comment = '#'): string {
  return `${comment} ${gateway} in front of a service. Claimsmith's gateway server checks each request and says who it is from:\n${comment} https://github.com/claimsmith/claimsmith/blob/main/docs/put-it-behind-a-gateway.md\n`;
}
