import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import { sendNode, unavailableReply, untouchedText } from '@claimsmith/okta/hook';
import type { Surroundings } from './generation.ts';
import { closeServer, createHardened, type HardenedServer, isPath, listen } from './http-server.ts';
import type { HttpLimits } from './limits.ts';
import type { PolicyAtWork } from './policy-at-work.ts';

/** Where a server listens, and what it accepts. */
export interface Doors {
  readonly host: string;
  readonly port: number;
  /** Where Okta calls. */
  readonly path: string;
  readonly limits: HttpLimits;
  /** A separate port for operators. */
  readonly opsPort: number | undefined;
}

/** Where a server listens now. */
export interface Ports {
  readonly port: number;
  /** Undefined if operators ask at the hook's port. */
  readonly opsPort: number | undefined;
}

/** The routes for monitoring and probes. */
const opsConnections = 100;

/** Handles requests to the hook, and operators' requests on the same or a separate port. */
export class HookServer {
  readonly #atWork: PolicyAtWork;
  readonly #surroundings: Surroundings;
  readonly #doors: Doors;
  readonly #main: HardenedServer;
  readonly #ops: HardenedServer | undefined;
  #operations: Promise<RequestListener> | undefined;
  #isClosing = false;

  constructor(doors: Doors, atWork: PolicyAtWork, surroundings: Surroundings) {
    const { limits, opsPort } = doors;
    this.#doors = doors;
    this.#atWork = atWork;
    this.#surroundings = surroundings;
    // Express handles only other requests: before the hook, it would cost a quarter of the speed.
    this.#main = createHardened(
      limits,
      (request, response) => this.#handle(request, response),
      () => this.#refuse('malformed'),
    );
    this.#ops =
      opsPort === undefined
        ? undefined
        : createHardened(
            { ...limits, connections: opsConnections },
            (request, response) => this.#handleOps(request, response),
            () => '',
          );
  }

  /** @throws ServerError `listen` */
  async listen(): Promise<Ports> {
    const { host, port, opsPort = 0 } = this.#doors;
    const ops = this.#ops && (await listen(this.#ops.server, host, opsPort));
    return { port: await listen(this.#main.server, host, port), opsPort: ops };
  }

  /** Answers for another `lingerMs`, stops accepting, finishes open requests, and closes everything. */
  async close(lingerMs: number): Promise<void> {
    this.#isClosing = true;
    await later(lingerMs);
    await closeServer(this.#main.server);
    await this.release();
  }

  /** Closes all but the hook's own port. */
  async release(): Promise<void> {
    this.#isClosing = true;
    if (this.#ops?.server.listening) await closeServer(this.#ops.server);
    await this.#atWork.end();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    // The next request should go to another replica.
    const isKept = response.shouldKeepAlive && !this.#isClosing;
    // Nor does a stranger keep a connection.
    response.shouldKeepAlive = false;
    if (isPath(request.url, this.#doors.path)) {
      void this.#atWork.current.hook.handle(request, response, () => {
        response.shouldKeepAlive = this.#main.prove(request.socket) && isKept;
      });
      return;
    }
    // With any other answer to a wrong path, Okta would issue the token.
    if (request.method === 'POST') sendNode(request, response, this.#refuse('path'));
    else if (this.#ops === undefined) this.#handleOther(request, response).catch(() => response.destroy());
    else sendNothing(response);
  }

  #handleOps(request: IncomingMessage, response: ServerResponse): void {
    response.shouldKeepAlive = false;
    this.#handleOther(request, response).catch(() => response.destroy());
  }

  async #handleOther(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Loading it takes as long as loading everything else.
    this.#operations ??= import('./operations.ts').then(({ createOperations }) =>
      createOperations({ isReady: () => !this.#isClosing, render: () => this.#renderMetrics() }),
    );
    (await this.#operations)(request, response);
  }

  async #renderMetrics() {
    const { audit, metrics } = this.#surroundings;
    metrics.auditWritable(audit === undefined || (await audit.isWritable()));
    return metrics.render();
  }

  #refuse(cause: 'path' | 'malformed'): string {
    const { lines, log, metrics } = this.#surroundings;
    metrics.refused(cause);
    lines.tell(cause, (count) => log.warn('requests were refused', { reason: cause, count }));
    return this.#atWork.current.policy.observe === true ? untouchedText : unavailableReply.text;
  }
}

function sendNothing(response: ServerResponse) {
  response.writeHead(404, { 'content-type': 'text/plain', 'content-length': 0 }).end();
}
