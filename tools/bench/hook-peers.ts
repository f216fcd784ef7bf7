/** The servers that the hook is measured against, each a process of its own: `node hook-peers.ts <kind>`. */
import { isUtf8 } from 'node:buffer';
import { hash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Program } from '@claimsmith/runtime';
import express from 'express';
import { Counter, Histogram } from 'prom-client';
import { z } from 'zod';
import { createHook } from '../../packages/okta/src/platform/index.ts';
import { replayWindowMs } from '../../packages/okta/src/platform/replay.ts';
import { header, servedPolicy } from '../../packages/okta-server/test/served.ts';
import { hookRequest, hookSpec, secret } from './hook-job.ts';

const peers: Readonly<Record<string, () => ReturnType<typeof createServer>>> = {
  /** Takes the body, checks its UTF-8, parses it, and answers what the hook answers, as a constant: no hook can do less. */
  parse: () => {
    const { program } = servedPolicy(hookSpec);
    const answer = JSON.stringify(decide(program, tokenHook.parse(JSON.parse(hookRequest(0)))));
    return createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
        if (!isUtf8(body)) throw new Error('no UTF-8');
        JSON.parse(body.toString());
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
        response.end(answer);
      });
    });
  },
  /**
   * The hook as one would write it, doing what the hook does: Express, its parser, zod for the request, the same policy,
   * a guard against replays, a deadline, and what is counted.
   */
  express: () => {
    const { program, deadlineMs } = servedPolicy(hookSpec);
    const digest = digestOf(secret);
    const seen = new Map<string, number>();
    const issuances = new Counter({
      name: 'issuances',
      help: 'Decisions',
      labelNames: ['decision', 'reason'],
    });
    const seconds = new Histogram({ name: 'seconds', help: 'Time', labelNames: ['decision'] });
    const app = express();
    app.use(
      express.json({
        verify(_, response: express.Response, body) {
          response.locals['digest'] = crc32(body);
        },
      }),
    );
    app.post('/okta/token-hook', (request, response) => {
      const startMs = performance.now();
      if (!timingSafeEqual(digestOf(request.headers.authorization ?? ''), digest)) {
        response.status(401).end();
        return;
      }
      const deadline = setTimeout(() => response.json(unavailable), deadlineMs);
      const event = tokenHook.parse(request.body);
      const known = seen.get(event.eventId) ?? response.locals['digest'];
      const isTimely = Math.abs(Date.parse(event.eventTime) - Date.now()) <= replayWindowMs;
      const isFresh = isTimely && known === response.locals['digest'];
      seen.set(event.eventId, known);
      const answer = isFresh ? decide(program, event) : unavailable;
      const decision = 'error' in answer ? 'denied' : 'issued';
      issuances.inc({ decision, reason: answer.error?.errorSummary ?? '' });
      seconds.observe({ decision }, (performance.now() - startMs) / 1000);
      clearTimeout(deadline);
      response.json(answer);
    });
    return createServer(app);
  },
  /** The hook's own handler, mounted in Express. */
  mounted: () => {
    const hook = createHook({
      policy: servedPolicy(hookSpec),
      authentication: header,
      asking: { ask: () => Promise.resolve({ failure: 'address' }) },
    });
    const app = express();
    app.post('/okta/token-hook', (request, response) => hook.handle(request, response));
    return createServer(app);
  },
  /** Express that gives back what it gets. */
  echo: () => {
    const app = express();
    app.post('/okta/token-hook', (request, response) => {
      request.pipe(response);
    });
    return createServer(app);
  },
  /** A source that takes 5 ms. */
  source: () =>
    createServer((_, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"plan":"gold"}');
      }, 5);
    }),
};

const unavailable: HookAnswer = { error: { errorSummary: 'enrichment_unavailable' } };

interface HookAnswer {
  readonly commands?: readonly object[];
  readonly error?: { readonly errorSummary: string };
}

function digestOf(credential: string): Buffer {
  return hash('sha256', credential, 'buffer');
}

const text = z.string();
const lifetime = z.object({ lifetime: z.object({ expiration: z.number() }) });

const tokenHook = z.looseObject({
  eventId: text,
  eventTime: text,
  eventType: z.literal('com.okta.oauth2.tokens.transform'),
  source: text,
  data: z.object({
    context: z.object({
      request: z.looseObject({ id: text, method: text, url: z.object({ value: text }), ipAddress: text }),
      protocol: z.looseObject({
        type: text,
        request: z.record(text, text),
        issuer: z.object({ uri: text }),
        client: z.object({ id: text, name: text, type: text }),
      }),
      session: z
        .looseObject({ id: text, userId: text, login: text, createdAt: text, amr: z.array(text) })
        .optional(),
      user: z
        .looseObject({
          id: text,
          profile: z.object({ login: text, firstName: text, lastName: text, locale: text, timeZone: text }),
        })
        .optional(),
    }),
    identity: z.looseObject({ claims: z.record(text, z.unknown()), token: lifetime }).optional(),
    access: z
      .looseObject({
        claims: z.record(text, z.unknown()),
        token: lifetime,
        scopes: z.record(text, z.object({ id: text, action: text })),
      })
      .optional(),
  }),
});

function decide(program: Program, { data }: z.output<typeof tokenHook>): HookAnswer {
  const { user, session, protocol, request } = data.context;
  const context = program.context({
    user: {
      id: user?.id,
      username: user?.profile.login,
      given_name: user?.profile.firstName,
      family_name: user?.profile.lastName,
      locale: user?.profile.locale,
      zoneinfo: user?.profile.timeZone,
    },
    client: protocol.client,
    request: {
      grant_type: protocol.request['grant_type'],
      scopes: Object.keys(data.access?.scopes ?? {}),
      audience: data.access?.claims['aud'],
      ip: request.ipAddress,
    },
    session: { id: session?.id, amr: session?.amr },
    subject_type: 'human',
  });
  const { access, denied } = program.decide(context, {});
  if (denied !== undefined) return { error: { errorSummary: denied } };
  const value = Object.entries(access).map(([name, claim]) => ({
    op: 'add',
    path: `/claims/${name}`,
    value: claim,
  }));
  return { commands: [{ type: 'com.okta.access.patch', value }] };
}

const server = peers[process.argv[2] ?? '']?.();
if (server === undefined) throw new Error(`No such server; there are ${Object.keys(peers).join(', ')}`);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    console.log(`"address":"http://127.0.0.1:${address.port}/"`);
});
