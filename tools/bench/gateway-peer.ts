/** A server that lets everything through, as the least that a gateway can ask: `node gateway-peer.ts`. */
import { createServer } from 'node:http';

const server = createServer((_, response) => response.writeHead(200, { 'content-length': 0 }).end());
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  console.log(JSON.stringify({ address: `http://127.0.0.1:${port}` }));
});
