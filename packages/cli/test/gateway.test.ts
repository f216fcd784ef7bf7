import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const payments = fileURLToPath(new URL('../../../examples/payments', import.meta.url));

test('the configuration of a gateway knows the headers of all claims', async () => {
  const root = scratchFolder({});
  const places = ['--listen', '127.0.0.1:1', '--check', '[::1]:2', '--service', 'shop.acme.example:3'];
  const ran = await claimsmith(root, 'gateway', payments, '--for', 'nginx', ...places);
  expect(ran).toEqual({
    code: 0,
    out: '  dist/gateway/nginx/claimsmith.conf\n✓ the configuration of nginx\n',
    err: '',
  });
  const text = readFileSync(join(root, 'dist/gateway/nginx/claimsmith.conf'), 'utf8');
  for (const name of ['Tenant-Id', 'Roles', 'Descriptive-Plan', 'Token-Subject'])
    expect(text).toContain(`proxy_set_header X-Claims-${name} `);
  for (const place of ['listen 127.0.0.1:1;', 'server [::1]:2;', 'proxy_pass http://shop.acme.example:3;'])
    expect(text).toContain(place);
});

test('a contract is enough', async () => {
  const root = scratchFolder({});
  const contract = join(payments, 'service/contract.json');
  const { code, out } = await claimsmith(root, 'gateway', contract, '--for', 'haproxy', '--out', 'here');
  expect([code, out]).toEqual([
    0,
    '  here/haproxy.cfg\n  here/claimsmith.lua\n✓ the configuration of haproxy\n',
  ]);
});

test.each([
  [['--for', 'apache'], /--for/],
  [[], 'error: gateway needs --for: envoy, nginx, caddy, traefik, haproxy'],
  [['--for', 'nginx', '--check', 'x'], '--check must be a host and a port, such as 127.0.0.1:8080'],
  [['--for', 'nginx', '--service', 'a;b:1'], '--service must be a host and a port'],
  [['--for', 'nginx', '--listen', '127.0.0.1:70000'], '--listen must be a host and a port'],
])('%j is refused', async (args, why) => {
  const { code, err } = await claimsmith(scratchFolder({}), 'gateway', payments, ...args);
  expect(code).toBe(64);
  expect(err).toMatch(why);
});

test('two claims with one header are refused', async () => {
  const root = scratchFolder({
    'enrichment.yaml':
      'version: 1\nname: a\nlifetime: { access: 5m }\nclaims:\n  team_id: { value: user.id, kind: authoritative }\n  team__id: { value: user.id, kind: authoritative }\nissuers: { auth0: { clients: all } }\n',
  });
  const { code, err } = await claimsmith(root, 'gateway', '--for', 'caddy');
  expect([code, err]).toEqual([1, expect.stringContaining('team__id has it. Rename the claim')]);
});
