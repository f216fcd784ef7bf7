// Types of single parts of undici, which has types only for the whole. The whole needs 13 MB more memory and twice the
// time to load, for `fetch`, mocks and WebSocket.
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';

  export = Agent;
}
declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';

  export = buildConnector;
}
