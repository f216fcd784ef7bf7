import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { gateways } from '../src/gateways/index.ts';

const settings = {
  listen: { host: '127.0.0.1', port: 8000 },
  check: { host: '127.0.0.1', port: 8080 },
  service: { host: '127.0.0.1', port: 9000 },
  headers: ['X-Claims-Token', 'X-Claims-Token-Subject', 'X-Claims-Roles', 'X-Claims-Descriptive-Plan'],
};

test.each(Object.entries(gateways))('the configuration of %s', async (_name, configuration) => {
  for (const { path, content } of configuration(settings))
    await expect(content).toMatchFileSnapshot(`golden/${path}`);
});

test('Traefik asks before the service, and never takes the word of a client', () => {
  const [file] = gateways.traefik(settings);
  const { http } = parse(file?.content ?? '');
  expect(http.routers.service.middlewares).toEqual(['claimsmith-clear', 'claimsmith-check']);
  expect(http.middlewares['claimsmith-check'].forwardAuth).toEqual({
    address: 'http://127.0.0.1:8080/check/forwarded',
    trustForwardHeader: false,
    authResponseHeadersRegex: '(?i)^X-Claims-',
  });
  const cleared = http.middlewares['claimsmith-clear'].headers.customRequestHeaders;
  for (const name of settings.headers) expect(cleared).toHaveProperty(name, '');
});
