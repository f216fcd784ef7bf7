/**
 * Starts a stand-in for a vendor, until it is ended:
 *
 *   node --conditions=@claimsmith/source tools/stand-ins/main.ts auth0 | okta [--port 4000]
 *
 * The tenant of Auth0 has the application `claimsmith` with the secret `stand-in`, and the API https://api.acme.example.
 */
import { parseArgs } from 'node:util';
import { startAuth0 } from './auth0.ts';
import { startOkta } from './okta/index.ts';
import type { StandIn } from './server.ts';

const standIns: Readonly<Record<string, (port: number) => Promise<StandIn>>> = {
  auth0: (port) => startAuth0({ port, apis: ['https://api.acme.example'], isPatient: true }),
  okta: (port) => startOkta({ port, limitPerMinute: 100_000 }),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '0' } },
});
const [name = ''] = positionals;
const start = Object.hasOwn(standIns, name) ? standIns[name] : undefined;
const port = Number(values.port);
if (start === undefined || !Number.isInteger(port)) {
  console.error(`usage: main.ts ${Object.keys(standIns).join(' | ')} [--port N]`);
  process.exitCode = 64;
} else {
  const standIn = await start(port);
  console.log(`${name}: a stand-in listens at ${standIn.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void standIn.close());
}
