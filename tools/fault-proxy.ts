import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What the proxy does to a connection.
 * - `pass`: hands every byte on, both ways
 * - `down`: nothing listens: connecting is refused
 * - `hang`: accepts, then neither reads nor answers
 * - `reset`: accepts, and breaks the connection with RST at the first byte from the client
 * - `drip`: answers one byte each `everyMs` (10 unless told)
 * - `truncate`: closes after `bytes` of the answer (20 unless told)
 * - `latency`: hands the answer on `ms` late
 * - `garbage`: answers `bytes` (1,024 unless told) of noise that is not a protocol, then closes
 */
export type FaultMode =
  | 'pass'
  | 'down'
  | 'hang'
  | 'reset'
  | 'drip'
  | 'truncate'
  | 'garbage'
  | { readonly kind: 'drip'; readonly everyMs: number }
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'garbage'; readonly bytes: number };

export interface FaultProxy {
  readonly port: number;
  /** How many connections clients have opened since the start. */
  readonly accepted: number;
  /** How many of them are open now. */
  readonly open: number;
  /**
   * Switches every connection from now on, those that stand included: `down` and `reset` break them at once,
   * `hang` stops them, the others take them from their next byte. Resolves when the port is in that state.
   */
  mode(mode: FaultMode): Promise<void>;
  /** Breaks what is open and frees the port. */
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** Where the real server listens. */
  readonly target: { readonly host?: string; readonly port: number };
  /** `pass` unless told. */
  readonly mode?: FaultMode;
}

type Fault = Exclude<FaultMode, string> | { readonly kind: 'pass' | 'down' | 'hang' | 'reset' };

/** Starts a TCP proxy on a free loopback port that does to connections what networks do. */
export async function startFaultProxy({ target, mode = 'pass' }: FaultProxyOptions): Promise<FaultProxy> {
  let fault = faultOf(mode);
  let port = 0;
  let accepted = 0;
  let server: Server | undefined;
  const links = new Set<Link>();

  async function listen() {
    server = createServer({ allowHalfOpen: true }, (client) => {
      accepted++;
      const link = startLink(client, target, () => fault);
      links.add(link);
      client.once('close', () => links.delete(link));
    });
    const listening = server;
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    const address = listening.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    port = address.port;
  }

  async function refuse() {
    const closing = server;
    server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (closing === undefined) resolve();
      else closing.close(() => resolve());
    });
    for (const link of links) link.break();
    await closed;
  }

  await listen();
  if (fault.kind === 'down') await refuse();

  return {
    get port() {
      return port;
    },
    get accepted() {
      return accepted;
    },
    get open() {
      return links.size;
    },
    async mode(next) {
      fault = faultOf(next);
      if (fault.kind === 'down') return refuse();
      if (fault.kind === 'reset') for (const link of links) link.break();
      else for (const link of links) link.turn();
      if (server === undefined) await listen();
    },
    close: refuse,
  };
}

function faultOf(mode: FaultMode): Fault {
  if (typeof mode !== 'string') return mode;
  if (mode === 'drip') return { kind: 'drip', everyMs: 10 };
  if (mode === 'truncate') return { kind: 'truncate', bytes: 20 };
  if (mode === 'garbage') return { kind: 'garbage', bytes: 1024 };
  return { kind: mode };
}

interface Link {
  /** Tells the link that the fault has changed. */
  turn(): void;
  /** Ends both sides with RST. */
  break(): void;
}

/** One client's connection, and the one to the real server behind it. */
function startLink(client: Socket, target: FaultProxyOptions['target'], fault: () => Fault): Link {
  const upstream = connect({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true });
  const timers = new Set<NodeJS.Timeout>();
  /** Bytes of the answer that wait for their time. */
  let queue = Buffer.alloc(0);
  let sent = 0;
  /** When the last byte that is under way late comes; later ones do not overtake it. */
  let dueMs = 0;
  let isDripping = false;
  let isOver = false;
  let hasEnded = false;

  client.setNoDelay(true);
  upstream.setNoDelay(true);

  function stop() {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    client.resetAndDestroy();
    upstream.resetAndDestroy();
  }

  function later(ms: number, action: () => void) {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timers.add(timer);
  }

  function finish(bytes: Buffer) {
    isOver = true;
    client.end(bytes);
    upstream.destroy();
  }

  function noise(bytes: number) {
    if (isOver) return;
    // No byte of it is a line of HTTP, a TLS record or a frame of a database.
    finish(Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => 0xf8 + (at % 7))));
  }

  /** Gives the client what it may have now. */
  function answer(bytes: Buffer) {
    const now = fault();
    if (isOver) return;
    const clockMs = performance.now();
    if (now.kind === 'latency' || dueMs > clockMs) {
      dueMs = Math.max(dueMs, clockMs + (now.kind === 'latency' ? now.ms : 0));
      later(dueMs - clockMs, () => give(bytes));
      return;
    }
    if (now.kind === 'drip' || now.kind === 'hang' || queue.length > 0) {
      queue = Buffer.concat([queue, bytes]);
      drip();
      return;
    }
    give(bytes);
  }

  function give(bytes: Buffer) {
    const now = fault();
    if (isOver || client.destroyed) return;
    if (now.kind === 'truncate' && sent + bytes.length > now.bytes) {
      finish(bytes.subarray(0, Math.max(0, now.bytes - sent)));
      return;
    }
    sent += bytes.length;
    client.write(bytes);
  }

  function drip() {
    const now = fault();
    if (isDripping || isOver || now.kind === 'hang') return;
    if (queue.length === 0) {
      if (hasEnded) client.end();
      return;
    }
    if (now.kind !== 'drip') {
      const rest = queue;
      queue = Buffer.alloc(0);
      give(rest);
      if (hasEnded && !isOver) client.end();
      return;
    }
    isDripping = true;
    later(now.everyMs, () => {
      isDripping = false;
      give(queue.subarray(0, 1));
      queue = queue.subarray(1);
      drip();
    });
  }

  client.on('data', (bytes) => {
    const now = fault();
    if (now.kind === 'reset') stop();
    else if (now.kind === 'garbage') noise(now.bytes);
    else if (upstream.writable && !upstream.write(bytes)) {
      client.pause();
      upstream.once('drain', () => {
        if (fault().kind !== 'hang') client.resume();
      });
    }
  });
  upstream.on('data', answer);
  client.on('end', () => upstream.end());
  upstream.on('end', () => {
    hasEnded = true;
    const now = fault();
    const lateMs = Math.max(now.kind === 'latency' ? now.ms : 0, dueMs - performance.now());
    if (lateMs > 0) later(lateMs, () => client.end());
    else if (queue.length === 0 && !isDripping && now.kind !== 'hang') client.end();
  });
  client.on('error', stop);
  upstream.on('error', stop);
  client.on('close', () => {
    for (const timer of timers) clearTimeout(timer);
    upstream.destroy();
  });

  function turn() {
    if (fault().kind === 'hang') {
      client.pause();
      upstream.pause();
      return;
    }
    client.resume();
    upstream.resume();
    drip();
  }

  if (fault().kind === 'hang') turn();
  return { turn, break: stop };
}
