// Parts of undici, whose types are of the whole only. The whole takes 13 MB more memory and twice the time to load, for
// `fetch`, mocks and WebSocket.
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';

  export = Agent;
}
declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';

  export = buildConnector;
}
