import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newKey } from '../../packages/gateway/test/process.ts';
import { rulesText, startWorld } from '../../packages/gateway/test/setup.ts';
import { deployedFlags, fromSource, load, median, type Server, start } from './loaded-server.ts';

export interface GatewayBench {
  /** Requests that a second of the server's processor time is enough for: the median of all rounds. */
  readonly rates: readonly { readonly what: string; readonly perSecond: number }[];
  /** The gateway's server against one that lets everything through: the median of the ratios of each round. */
  readonly ratio: number;
}

const rounds = 5;
const roundSeconds = 1;
/** Until then Node still compiles what it will run. */
const warmUpSeconds = 3;

const peer = fileURLToPath(new URL('gateway-peer.ts', import.meta.url));
const build = fileURLToPath(new URL('../../apps/gateway/build.ts', import.meta.url));

/** Measures the gateway's server, as it is deployed, with tokens that it remembers. */
export async function benchGateway(): Promise<GatewayBench> {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-bench-'));
  const world = await startWorld();
  const servers: Server[] = [];
  try {
    const bundle = join(folder, 'bundle');
    execFileSync(process.execPath, [fromSource, build, bundle], { stdio: 'inherit' });
    writeFileSync(join(bundle, 'package.json'), '{ "type": "module" }');
    for (const [name, text] of Object.entries(world.files)) writeFileSync(join(folder, name), text);
    const started = async (given: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
      const server = await start(given, environment, 'server');
      servers.push(server);
      return server;
    };
    const gateway = (name: string, rules: string, more: Readonly<Record<string, string>> = {}) => {
      writeFileSync(join(folder, name), rulesText(world, rules));
      const files = { CONTRACT: join(folder, 'contract.json'), RULES: join(folder, name) };
      return started([...deployedFlags, join(bundle, 'main.js')], {
        ...files,
        PORT: '0',
        LINGER_MS: '0',
        ...more,
      });
    };
    const route = 'routes: [{ path: /payments, scopes: [payments.approve] }]\n';
    const empty = await started([fromSource, peer]);
    const headers = await gateway('headers.yaml', route);
    const denying = await gateway('deny.yaml', route, {
      LOOKUPS: join(folder, 'lookups.mjs'),
      CLAIMSMITH_SETTINGS: 'BANK_TOKEN',
      BANK_TOKEN: 'hush',
    });
    const signing = await gateway(
      'token.yaml',
      `pass: token\ntoken: { issuer: https://a.example }\n${route}`,
      {
        SIGNING_KEY: newKey(),
      },
    );
    const measured = [
      { what: 'node:http that lets everything through', server: empty },
      { what: 'the gateway, claims in headers', server: headers },
      { what: 'the gateway that asks the deny rules, too', server: denying },
      { what: 'the gateway that signs a token (ES256)', server: signing },
    ];
    const bearers = await Promise.all(
      Array.from({ length: 50 }, (_, nth) => world.bearer('auth0', {}, { payload: { jti: `t${nth}` } })),
    );
    const requests = join(folder, 'requests.json');
    const texts = bearers.map(
      (bearer, nth) => `GET /check/appended/payments/${nth} HTTP/1.1\r\nhost: gateway\r\n${bearer}\r\n\r\n`,
    );
    writeFileSync(requests, JSON.stringify(texts));
    const rates = new Map<Server, number[]>(measured.map(({ server }) => [server, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const { server } of measured) {
        const perSecond = load(server, { requests, seconds: round === 0 ? warmUpSeconds : roundSeconds });
        if (round > 0) rates.get(server)?.push(perSecond);
      }
    }
    const of = (server: Server) => rates.get(server) ?? [];
    return {
      rates: measured.map(({ what, server }) => ({ what, perSecond: median(of(server)) })),
      ratio: median(of(headers).map((rate, round) => rate / (of(empty)[round] ?? Number.NaN))),
    };
  } finally {
    for (const server of servers) await server.stop();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
