import { forwardedPath } from '../asked.ts';
import { bodyHeader, forbiddenPatterns } from '../headers.ts';
import { about, type GatewayFile, type GatewaySettings, patienceMs, text } from './settings.ts';

/** @see https://www.arpalert.org/src/haproxy-lua-api/2.8/index.html#httpclient-class */
export function haproxy({ listen, check, service }: GatewaySettings): readonly GatewayFile[] {
  return [
    { path: 'haproxy.cfg', content: configuration(listen, service) },
    { path: 'claimsmith.lua', content: action(text(check)) },
  ];
}

function configuration(listen: GatewaySettings['listen'], service: GatewaySettings['service']): string {
  const removed = forbiddenPatterns.map((pattern) => `  http-request del-header ${pattern} -m reg`);
  const refusals = ['401', '403'].map(
    (status) =>
      `  http-request return status ${status} content-type application/json lf-string '%[var(txn.claimsmith_body)]' hdr Cache-Control no-store hdr WWW-Authenticate '%[var(txn.claimsmith_challenge)]' if { var(txn.claimsmith_status) -m str ${status} }`,
  );
  return `${about('HAProxy')}# Start it in this folder, or write the path of claimsmith.lua in full.
global
  lua-load-per-thread claimsmith.lua
  # Claims come in headers.
  tune.bufsize 65536

defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s

frontend claimsmith
  bind ${text(listen)}
  # Two of them: the check could read one, and the service the other.
  http-request deny deny_status 400 if { req.hdr_cnt(authorization) gt 1 }
  # A connection that changes its protocol would carry requests that nobody checks.
  http-request deny deny_status 400 if { req.hdr_cnt(upgrade) gt 1 }
  http-request deny deny_status 400 if { req.fhdr(upgrade) -m found } !{ req.fhdr(upgrade) -i websocket }
  # Headers that no client may send, however they are spelt.
${removed.join('\n')}
  http-request lua.claimsmith
${refusals.join('\n')}
  http-request return status 400 content-type application/json string '{"error":"invalid_request"}' hdr Cache-Control no-store if { var(txn.claimsmith_status) -m str 400 }
  # Whatever else: no answer, a late one, an error.
  http-request return status 503 content-type application/json string '{"error":"temporarily_unavailable"}' hdr Cache-Control no-store unless { var(txn.claimsmith_status) -m str 200 }
  default_backend service

backend service
  server service ${text(service)}
`;
}

function action(check: string): string {
  return `${about('HAProxy', '--')}core.register_action("claimsmith", { "http-req" }, function(txn)
  -- Set first: what goes wrong below is refused.
  txn:set_var("txn.claimsmith_status", "503")
  local authorization = {}
  for _, value in pairs(txn.http:req_get_headers()["authorization"] or {}) do
    table.insert(authorization, value)
  end
  local ok, answer = pcall(function()
    return core.httpclient():get({
      url = "http://${check}${forwardedPath}",
      headers = {
        ["authorization"] = authorization,
        ["x-forwarded-method"] = { txn.f:method() },
        ["x-forwarded-uri"] = { txn.f:pathq() },
      },
      timeout = ${patienceMs},
    })
  end)
  if not ok or answer == nil or answer.status == nil then return end
  local function header(name)
    local values = (answer.headers or {})[name]
    return values and values[0] or ""
  end
  if answer.status == 200 then
    for name, values in pairs(answer.headers or {}) do
      if name:sub(1, 9) == "x-claims-" then txn.http:req_set_header(name, values[0]) end
    end
  else
    txn:set_var("txn.claimsmith_body", header("${bodyHeader.toLowerCase()}"))
    txn:set_var("txn.claimsmith_challenge", header("www-authenticate"))
  end
  txn:set_var("txn.claimsmith_status", tostring(answer.status))
end)
`;
}
