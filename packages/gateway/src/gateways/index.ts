import { caddy } from './caddy.ts';
import { envoy } from './envoy.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import type { GatewayFile, GatewaySettings } from './settings.ts';
import { traefik } from './traefik.ts';

export { headerNames } from '../headers.ts';
export type { GatewayFile, GatewaySettings, Place } from './settings.ts';

/** The gateways that a configuration can be made for. Each is complete: it runs as it is. */
export const gateways = { envoy, nginx, caddy, traefik, haproxy } as const satisfies Readonly<
  Record<string, (settings: GatewaySettings) => readonly GatewayFile[]>
>;
