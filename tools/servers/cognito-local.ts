import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder, findCommand, freePort, type Missing, type Running, start } from './process.ts';

const version = '5.3.0';
const npmTimeoutMs = 600_000;
const installed = fileURLToPath(new URL('../../.cache/cognito-local/', import.meta.url));
const program = `${installed}node_modules/cognito-local/lib/bin/start.js`;

/** An emulator of Cognito that others wrote. It calls triggers of version V1_0, and takes any credentials. */
export interface CognitoLocal extends Running {
  readonly endpoint: string;
}

/** Fetches it if it is missing, into a folder of its own: it brings the old SDK of AWS. What cannot be had is told. */
export function fetchCognitoLocal(): readonly string[] {
  if (existsSync(program)) return [];
  const npm = findCommand(['npm']);
  if (npm === undefined) return ['cognito-local: no npm to fetch it with'];
  console.log(`fetching cognito-local ${version} (once)`);
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `cognito-local@${version}`];
  const { status } = spawnSync(npm, args, { cwd: installed, stdio: 'ignore', timeout: npmTimeoutMs });
  return status === 0 && existsSync(program) ? [] : ['cognito-local: npm could not fetch it'];
}

/**
 * Starts an empty one on loopback; says so where it cannot be had.
 *
 * @param functions where functions are invoked, as Lambda's own API has it
 * @param name of the function that is the trigger of all user pools
 */
export async function startCognitoLocal(
  functions = 'http://127.0.0.1:9',
  name = 'none',
): Promise<CognitoLocal | Missing> {
  if (!existsSync(program)) return { missing: 'cognito-local is not there' };
  const port = await freePort();
  const folder = dataFolder('cognito-local');
  mkdirSync(join(folder, '.cognito'));
  const config = {
    LambdaClient: { endpoint: functions },
    TriggerFunctions: { PreTokenGeneration: name },
    UserPoolDefaults: { UsernameAttributes: [] },
  };
  writeFileSync(join(folder, '.cognito/config.json'), JSON.stringify(config));
  const endpoint = `http://127.0.0.1:${port}`;
  const running = await start({
    command: process.execPath,
    args: [program],
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      NODE_OPTIONS: '--no-deprecation',
      AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
    },
    port,
    folder,
    check: () => fetch(`${endpoint}/health`),
  });
  return { ...running, endpoint };
}
