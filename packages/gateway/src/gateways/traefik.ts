import { forwardedPath } from '../asked.ts';
import { overridingHeaders } from '../headers.ts';
import { about, type GatewayFile, type GatewaySettings, text } from './settings.ts';

/** @see https://doc.traefik.io/traefik/middlewares/http/forwardauth/ */
export function traefik({ check, service, headers }: GatewaySettings): readonly GatewayFile[] {
  const cleared = [...headers, ...overridingHeaders].map((name) => `          ${name}: ""`);
  const content = `${about('Traefik')}# A dynamic configuration, for the file provider. Your entry points stay as they are.
http:
  routers:
    service:
      # What a client names in Connection is not passed on, even where the check has set it: such requests have no router.
      rule: PathPrefix(\`/\`) && !HeaderRegexp(\`Connection\`, \`(?i)claims\`)
      service: service
      middlewares: [claimsmith-clear, claimsmith-check]
  middlewares:
    # Headers of clients go first. Any other header that looks like ours is refused.
    claimsmith-clear:
      headers:
        customRequestHeaders:
${cleared.join('\n')}
    claimsmith-check:
      forwardAuth:
        address: http://${text(check)}${forwardedPath}
        # The method and the address are those of the request, never what a client says.
        trustForwardHeader: false
        # Replaces all headers with such a name.
        authResponseHeadersRegex: (?i)^X-Claims-
  services:
    service:
      loadBalancer:
        servers:
          - url: http://${text(service)}
`;
  return [{ path: 'traefik.yaml', content }];
}
