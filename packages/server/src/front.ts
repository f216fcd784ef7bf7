import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import { closeServer, createHardened, type Fault, type HardenedServer, listen } from './http-server.ts';
import type { Rendered } from './instruments.ts';
import type { HttpLimits } from './limits.ts';

/** What a server does, and where it listens. */
export interface FrontOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A separate port for operators. Undefined: they ask at `port`. */
  readonly opsPort: number | undefined;
  readonly limits: HttpLimits;
  /**
   * Handles a request, or returns false where it is not for it; then it may be an operator's.
   *
   * @param prove called when the caller has authenticated: only then its connection is kept
   */
  handle(request: IncomingMessage, response: ServerResponse, prove: () => void): boolean;
  /** The answer to data that is not a valid request. */
  faulty(): Fault;
  render(): Promise<Rendered>;
}

/** The ports on which a server listens. */
export interface Ports {
  readonly port: number;
  /** Undefined if operators ask at `port`. */
  readonly opsPort: number | undefined;
}

/** The routes for monitoring and probes. */
const opsConnections = 100;

/** Takes requests, and those of operators on the same or a separate port. */
export class FrontServer {
  readonly #options: FrontOptions;
  readonly #main: HardenedServer;
  readonly #ops: HardenedServer | undefined;
  #operations: Promise<RequestListener> | undefined;
  #isClosing = false;

  constructor(options: FrontOptions) {
    const { limits, opsPort } = options;
    this.#options = options;
    // Express handles only operators' requests: before all others, it would cost a quarter of the speed.
    this.#main = createHardened(
      limits,
      (request, response) => this.#handle(request, response),
      () => options.faulty(),
    );
    this.#ops =
      opsPort === undefined
        ? undefined
        : createHardened(
            { ...limits, connections: opsConnections },
            (request, response) => this.#handleOps(request, response),
            () => ({ status: 400, body: '' }),
          );
  }

  /** @throws ServerError `listen` */
  async listen(): Promise<Ports> {
    const { host, port, opsPort = 0 } = this.#options;
    const ops = this.#ops && (await listen(this.#ops.server, host, opsPort));
    return { port: await listen(this.#main.server, host, port), opsPort: ops };
  }

  /** Answers for another `lingerMs`, stops accepting, finishes open requests, and closes everything. */
  async close(lingerMs: number): Promise<void> {
    this.#isClosing = true;
    await later(lingerMs);
    if (this.#main.server.listening) await closeServer(this.#main.server);
    if (this.#ops?.server.listening) await closeServer(this.#ops.server);
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    // The next request should go to another replica.
    const isKept = response.shouldKeepAlive && !this.#isClosing;
    // Nor does a stranger keep a connection.
    response.shouldKeepAlive = false;
    const isTaken = this.#options.handle(request, response, () => {
      response.shouldKeepAlive = this.#main.prove(request.socket) && isKept;
    });
    if (isTaken) return;
    if (this.#ops === undefined) this.#handleOther(request, response).catch(() => response.destroy());
    else response.writeHead(404, { 'content-type': 'text/plain', 'content-length': 0 }).end();
  }

  #handleOps(request: IncomingMessage, response: ServerResponse): void {
    response.shouldKeepAlive = false;
    this.#handleOther(request, response).catch(() => response.destroy());
  }

  async #handleOther(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Loading it takes as long as loading everything else.
    this.#operations ??= import('./operations.ts').then(({ createOperations }) =>
      createOperations({ isReady: () => !this.#isClosing, render: this.#options.render }),
    );
    (await this.#operations)(request, response);
  }
}
