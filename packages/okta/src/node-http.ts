/**
 * `node:http` without what an import of it costs: Node then reads every property of the module, and one of them loads a
 * whole client for WebSockets. That is 12 MB of memory, and half of the time in which the server starts.
 */
export const { createServer, request } = process.getBuiltinModule('node:http');
