/**
 * What takes a request before a service does, and how large a token it lets through with its default settings. Read on
 * 2026-11-20.
 */
export interface Gateway {
  /** As `--gateway` takes it. */
  readonly id: string;
  readonly title: string;
  /** What the limit counts: one header field, or all of them with the request line. */
  readonly counts: 'field' | 'all';
  readonly limitBytes: number;
  /** The setting that raises it; undefined: it is fixed. */
  readonly setting: string | undefined;
  /** The status that a client gets that sends more; undefined: its documentation does not say. */
  readonly answer: number | undefined;
  readonly source: string;
}

const kib = 1024;

/** `Authorization: Bearer ` and the end of its line. */
const fieldBytes = 'Authorization: Bearer \r\n'.length;
/** The shortest usual request around it: `GET / HTTP/1.1`, a Host header, and an empty line. */
const restBytes = 'GET / HTTP/1.1\r\nHost: payments.eu.acme.example:8443\r\n\r\n'.length;

/** The smallest limit first. */
export const gateways: readonly Gateway[] = (
  [
    {
      id: 'tomcat',
      title: 'Tomcat',
      counts: 'all',
      limitBytes: 8 * kib,
      setting: 'maxHttpRequestHeaderSize',
      answer: 400,
      source: 'https://tomcat.apache.org/tomcat-10.1-doc/config/http.html',
    },
    {
      id: 'jetty',
      title: 'Jetty',
      counts: 'all',
      limitBytes: 8 * kib,
      setting: 'requestHeaderSize',
      answer: 431,
      source: 'https://jetty.org/docs/jetty/12/operations-guide/modules/standard.html',
    },
    {
      id: 'nginx',
      title: 'nginx',
      counts: 'field',
      limitBytes: 8 * kib,
      setting: 'large_client_header_buffers',
      answer: 400,
      source: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers',
    },
    {
      id: 'apache',
      title: 'Apache httpd',
      counts: 'field',
      limitBytes: 8_190,
      setting: 'LimitRequestFieldSize',
      answer: 400,
      source: 'https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestfieldsize',
    },
    {
      id: 'aws-http-api',
      title: 'Amazon API Gateway (HTTP API)',
      counts: 'all',
      limitBytes: 10_240,
      setting: undefined,
      answer: undefined,
      source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html',
    },
    {
      id: 'haproxy',
      title: 'HAProxy',
      counts: 'all',
      // tune.bufsize less tune.maxrewrite, and less what it needs itself to keep each field.
      limitBytes: 15 * kib - 68,
      setting: 'tune.bufsize',
      answer: 400,
      source: 'https://docs.haproxy.org/2.9/configuration.html#tune.bufsize',
    },
    {
      id: 'node',
      title: 'Node.js',
      counts: 'all',
      limitBytes: 16 * kib,
      setting: '--max-http-header-size',
      answer: 431,
      source: 'https://nodejs.org/api/http.html#httpmaxheadersize',
    },
    {
      id: 'alb',
      title: 'AWS Application Load Balancer',
      counts: 'field',
      limitBytes: 16 * kib,
      setting: undefined,
      answer: undefined,
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html',
    },
    {
      id: 'cloudfront',
      title: 'Amazon CloudFront',
      counts: 'all',
      limitBytes: 20_480,
      setting: undefined,
      answer: undefined,
      source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html',
    },
    {
      id: 'envoy',
      title: 'Envoy',
      counts: 'all',
      limitBytes: 60 * kib,
      setting: 'max_request_headers_kb',
      answer: 431,
      source:
        'https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
    },
  ] as const satisfies readonly Gateway[]
).toSorted((a, b) => tokenLimitBytes(a) - tokenLimitBytes(b));

/**
 * The largest token that a gateway takes as `Authorization: Bearer …`, in bytes, from a client that sends nothing else but a
 * Host header. Other headers, such as cookies, take from it where the limit counts all.
 */
export function tokenLimitBytes({ counts, limitBytes }: Pick<Gateway, 'counts' | 'limitBytes'>): number {
  return limitBytes - fieldBytes - (counts === 'all' ? restBytes : 0);
}
