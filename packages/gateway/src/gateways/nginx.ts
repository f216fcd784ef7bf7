import { forwardedPath } from '../asked.ts';
import { bodyHeader, overridingHeaders } from '../headers.ts';
import { about, type GatewayFile, type GatewaySettings, patienceMs, text } from './settings.ts';

/** @see https://nginx.org/en/docs/http/ngx_http_auth_request_module.html */
export function nginx({ listen, check, service, headers }: GatewaySettings): readonly GatewayFile[] {
  const known = headers.map((name) => ({ name, variable: variableOf(name) }));
  const taken = known.map(
    ({ name, variable }) => `    auth_request_set $${variable} $upstream_http_${snake(name)};`,
  );
  const given = known.map(({ name, variable }) => `    proxy_set_header ${name} $${variable};`);
  const cleared = headers.map((name) => `    proxy_set_header ${name} "";`);
  const overriding = overridingHeaders.map((name) => `    proxy_set_header ${name} "";`);
  const content = `${about('nginx')}# Include it in \`http { … }\`.
upstream claimsmith {
  server ${text(check)};
  keepalive 32;
}

server {
  listen ${text(listen)};

  # Names with other characters than letters, digits and dashes go: no X_Claims_Roles.
  underscores_in_headers off;
  ignore_invalid_headers on;

  location / {
    auth_request /_claimsmith;
    auth_request_set $claimsmith_status $upstream_status;
    auth_request_set $claimsmith_challenge $upstream_http_www_authenticate;
    auth_request_set $claimsmith_body $upstream_http_${snake(bodyHeader)};
${taken.join('\n')}
    # nginx drops the body of a 401 and 403, and answers 500 to all others. What the service answers stays as it is.
    error_page 401 = @claimsmith_401;
    error_page 403 = @claimsmith_403;
    error_page 500 = @claimsmith_other;

    # A header without a value is not sent. Those of clients are replaced, or taken out.
${given.join('\n')}
${overriding.join('\n')}
    proxy_set_header Host $host;
    proxy_http_version 1.1;
    proxy_pass http://${text(service)};
  }

  location = /_claimsmith {
    internal;
    proxy_method GET;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_set_header Connection "";
    proxy_set_header X-Forwarded-Method $request_method;
    proxy_set_header X-Forwarded-Uri $request_uri;
    # Any other header that looks like ours is refused.
${cleared.join('\n')}
    proxy_http_version 1.1;
    proxy_connect_timeout 1s;
    proxy_read_timeout ${patienceMs / 1_000}s;
    # All claims of a token come in headers.
    proxy_buffer_size 32k;
    proxy_buffers 4 32k;
    proxy_pass http://claimsmith${forwardedPath};
  }

${['401', '403'].map(refusal).join('\n')}
  location @claimsmith_other {
    default_type application/json;
    add_header Cache-Control no-store always;
    if ($claimsmith_status = 400) {
      return 400 '{"error":"invalid_request"}';
    }
    return 503 '{"error":"temporarily_unavailable"}';
  }
}
`;
  return [{ path: 'claimsmith.conf', content }];
}

function refusal(status: string): string {
  return `  location @claimsmith_${status} {
    default_type application/json;
    add_header WWW-Authenticate $claimsmith_challenge always;
    add_header Cache-Control no-store always;
    return ${status} $claimsmith_body;
  }
`;
}

function snake(header: string): string {
  return header.toLowerCase().replaceAll('-', '_');
}

function variableOf(header: string): string {
  return snake(header).replace(/^x_claims/, 'claimsmith_header');
}
