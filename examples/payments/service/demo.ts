// The payment service in action: `npm run service`, or in this folder `node demo.ts`. The simulators say what each issuer
// signs for the scenarios of the spec, a local issuer signs it, and the service answers.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createGuard, defaultRetentionSeconds, memoryDenylist, readContract } from '@claimsmith/guard';
import { type Apis, fingerprint } from './contract.ts';
import {
  type Changes,
  client,
  type Issued,
  type IssuerId,
  type LocalIssuer,
  startLocalIssuer,
} from './local-issuer.ts';
import { createService } from './service.ts';

const issuerIds = ['auth0', 'cognito', 'keycloak', 'okta'] as const;

/** One request to the service, and its answer. */
export interface Step {
  readonly issuer: string;
  readonly what: string;
  readonly request: string;
  readonly status: number;
  readonly challenge: string | null;
  readonly body: string;
}

/** Starts everything, sends the requests, and ends everything. */
export async function demo(): Promise<readonly Step[]> {
  const issuer = await startLocalIssuer();
  const denylist = memoryDenylist();
  const contract = readContract<Apis>(
    JSON.parse(readFileSync(new URL('contract.json', import.meta.url), 'utf8')),
    fingerprint,
  );
  const guard = createGuard({
    contract,
    audience: 'https://payments.acme.example/',
    issuers: {
      auth0: { issuer: issuer.address('auth0') },
      cognito: { issuer: issuer.address('cognito'), clients: [client] },
      keycloak: { issuer: issuer.address('keycloak') },
      okta: { issuer: issuer.address('okta') },
    },
    denylist,
  });
  const server = createServer(createService(guard)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const steps: Step[] = [];
    for (const id of issuerIds) {
      const ask = new Asker(id, issuer, addressOf(server), steps);
      await ask.pay('right token', {});
      await ask.pay('a machine', { machine: true }, 'machine client');
      await ask.approve('right token, scope, recent login', {});
      await ask.pay('unenriched: the policy did not see it', { payload: { policy: 'unenriched' } });
      await ask.pay('stale: features are 16 minutes old', { ageSeconds: 960, lifetimeSeconds: 3_600 });
      await ask.approve('the scope is missing', { machine: true }, 'machine client');
      const login = Math.floor(Date.now() / 1_000) - 400;
      await ask.approve('the login is too long ago', { payload: { auth_time: login } });
      const entry = { issuer: issuer.address(id), id: `revoked-${id}` };
      await denylist.add({ ...entry, until: Date.now() / 1_000 + defaultRetentionSeconds });
      await ask.pay('revoked', { payload: { jti: entry.id } });
    }
    const nobody = await fetch(`${addressOf(server)}/payments`);
    steps.push(await stepOf('–', 'no token', 'GET /payments', nobody));
    return steps;
  } finally {
    server.close();
    issuer.close();
  }
}

class Asker {
  readonly #id: IssuerId;
  readonly #issuer: LocalIssuer;
  readonly #address: string;
  readonly #steps: Step[];

  constructor(id: IssuerId, issuer: LocalIssuer, address: string, steps: Step[]) {
    this.#id = id;
    this.#issuer = issuer;
    this.#address = address;
    this.#steps = steps;
  }

  async pay(what: string, changes: Changes, scenario = 'approver in Berlin'): Promise<void> {
    await this.#ask(what, changes, scenario, 'GET', '/payments', undefined);
  }

  async approve(what: string, changes: Changes, scenario = 'approver in Berlin'): Promise<void> {
    await this.#ask(what, changes, scenario, 'POST', '/payments/7/approval', '{"amount":1200}');
  }

  async #ask(
    what: string,
    changes: Changes,
    scenario: string,
    method: string,
    path: string,
    body: string | undefined,
  ): Promise<void> {
    const token = await this.#issuer.sign(this.#id, simulated(scenario, this.#id), changes);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(this.#address + path, { method, headers, ...(body && { body }) });
    this.#steps.push(await stepOf(this.#id, what, `${method} ${path}`, answer));
  }
}

async function stepOf(issuer: string, what: string, request: string, answer: Response): Promise<Step> {
  const challenge = answer.headers.get('www-authenticate');
  return { issuer, what, request, status: answer.status, challenge, body: await answer.text() };
}

let printed:
  | readonly { readonly trial: string; readonly issuer: string; readonly issuance: Issued }[]
  | undefined;

/** What an issuer's simulator says that it signs in a scenario of the spec. */
function simulated(scenario: string, issuer: IssuerId): Issued {
  if (printed === undefined) {
    const command = fileURLToPath(new URL('../../../packages/cli/bin/claimsmith.js', import.meta.url));
    const folder = fileURLToPath(new URL('..', import.meta.url));
    const { stdout } = spawnSync(process.execPath, [command, 'preview', folder, '--json'], {
      maxBuffer: 1 << 26,
    });
    printed = JSON.parse(String(stdout)).previews;
  }
  const found = printed?.find((one) => one.trial === scenario && one.issuer === issuer);
  if (found === undefined) throw new Error(`${issuer} signs nothing in the scenario ${scenario}`);
  return found.issuance;
}

function addressOf(server: Server): string {
  const place = server.address();
  return `http://127.0.0.1:${typeof place === 'object' && place !== null ? place.port : 0}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let last = '';
  for (const { issuer, what, request, status, challenge, body } of await demo()) {
    if (issuer !== last) console.log(`\n${issuer}`);
    last = issuer;
    console.log(`  ${status}  ${what.padEnd(40)}  ${request.padEnd(25)}  ${challenge ?? body}`);
  }
}
