import { appendedPath } from '../asked.ts';
import { forbiddenPatterns } from '../headers.ts';
import { about, type GatewayFile, type GatewaySettings, type Place, patienceMs, text } from './settings.ts';

/** @see https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/ext_authz_filter */
export function envoy({ listen, check, service }: GatewaySettings): readonly GatewayFile[] {
  const removed = forbiddenPatterns.map(
    (pattern) =>
      `                          - remove_on_match: { key_matcher: { safe_regex: { regex: ${quoted(pattern)} } } }`,
  );
  const content = `${about('Envoy')}static_resources:
  listeners:
    - name: claimsmith
      address: { socket_address: { address: ${quoted(listen.host)}, port_value: ${listen.port} } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: claimsmith
                use_remote_address: true
                # Those of the check count, too.
                common_http_protocol_options: { max_headers_count: 200 }
                # What is checked is what the service gets.
                normalize_path: true
                merge_slashes: true
                path_with_escaped_slashes_action: REJECT_REQUEST
                route_config:
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                        - match: { prefix: / }
                          route: { cluster: service }
                http_filters:
                  # Before the check: headers that no client may send, however they are spelt.
                  - name: envoy.filters.http.header_mutation
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                      mutations:
                        request_mutations:
${removed.join('\n')}
                  - name: envoy.filters.http.ext_authz
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
                      failure_mode_allow: false
                      # Without it, a server that is slow or down answers 403: clients would take it for a decision.
                      status_on_error: { code: ServiceUnavailable }
                      allowed_headers:
                        patterns: [{ exact: authorization }]
                      http_service:
                        server_uri: { uri: "http://${text(check)}", cluster: claimsmith, timeout: ${patienceMs / 1_000}s }
                        path_prefix: ${appendedPath}
                        authorization_response:
                          allowed_upstream_headers:
                            patterns: [{ prefix: x-claims-, ignore_case: true }]
                          allowed_client_headers:
                            patterns: [{ exact: www-authenticate }, { exact: content-type }, { exact: cache-control }]
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
${cluster('claimsmith', check)}
${cluster('service', service)}
`;
  return [{ path: 'envoy.yaml', content }];
}

function cluster(name: string, { host, port }: Place): string {
  return `    - name: ${name}
      type: STRICT_DNS
      connect_timeout: 1s
      load_assignment:
        cluster_name: ${name}
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: ${quoted(host)}, port_value: ${port} } } }`;
}

function quoted(value: string): string {
  return JSON.stringify(value);
}
