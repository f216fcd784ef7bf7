import { forwardedPath } from '../asked.ts';
import { overridingHeaders } from '../headers.ts';
import { about, type GatewayFile, type GatewaySettings, patienceMs, text } from './settings.ts';

/** @see https://caddyserver.com/docs/caddyfile/directives/forward_auth */
export function caddy({ listen, check, service, headers }: GatewaySettings): readonly GatewayFile[] {
  const { host, port } = listen;
  const removed = ['X-Claims-*', 'X_Claims_*', 'X-Claims_*', 'X_Claims-*', ...overridingHeaders];
  const content = `${about('Caddy')}http://:${port} {
	bind ${host}

	# In this order: outside of \`route\`, request_header runs after forward_auth, and takes the new headers away.
	route {
		# A connection that changes its protocol would carry requests that nobody checks.
		@other expression !{header.Upgrade}.matches('^(?i:websocket)?$')
		respond @other 400
		# What a client names in Connection is not passed on, even where forward_auth has set it.
		@named header_regexp Connection (?i)claims
		respond @named 400
${removed.map((name) => `\t\trequest_header -${name}`).join('\n')}
		forward_auth ${text(check)} {
			uri ${forwardedPath}
			copy_headers ${headers.join(' ')}
			transport http {
				dial_timeout 1s
				response_header_timeout ${patienceMs / 1_000}s
			}
		}
		reverse_proxy ${text(service)}
	}
}
`;
  return [{ path: 'Caddyfile', content }];
}
