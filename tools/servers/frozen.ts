import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Lets a server listen on this machine until the test ends. */
export async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A way to a server. `freeze` ends all connections, which a frozen instance learns when it next sends something. */
export async function wayTo(target: number) {
  const ways: { readonly near: Socket; readonly far: Socket }[] = [];
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    near.on('error', () => undefined);
    far.on('error', () => undefined);
    near.pipe(far).pipe(near);
    ways.push({ near, far });
  });
  const port = await portOf(server);
  onTestFinished(() => {
    for (const { near } of ways) near.destroy();
  });
  return {
    port,
    opened: () => ways.length,
    freeze() {
      for (const { near, far } of ways) {
        far.unpipe(near);
        near.unpipe(far);
        far.destroy();
        near.once('data', () => near.resetAndDestroy()).resume();
      }
    },
  };
}
