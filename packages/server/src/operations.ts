import express from 'express';
import type { Rendered } from './instruments.ts';

export interface OperationsOptions {
  /** Whether requests should come here now. */
  readonly isReady: () => boolean;
  readonly render: () => Promise<Rendered>;
}

/** The routes for operators: `/healthz`, `/readyz`, `/metrics`. Everything else is not found. */
export function createOperations({ isReady, render }: OperationsOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_, response) => {
    const ready = isReady();
    response
      .status(ready ? 200 : 503)
      .type('text')
      .send(ready ? 'ready\n' : 'not ready\n');
  });
  app.get('/metrics', async (_, response) => {
    const { contentType, text } = await render();
    response.set('content-type', contentType).send(text);
  });
  app.use((_, response) => {
    response.status(404).type('text').send('not found\n');
  });
  return app;
}
