/** Keycloak's distribution: where it lies on this machine, or how it gets there. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const keycloakVersion = '26.7.4';

/** Kept out of the repository. */
export const cache = fileURLToPath(new URL('../../.cache/keycloak/', import.meta.url));

/** 176 MB. */
const downloadTimeoutMs = 600_000;
const unpackTimeoutMs = 120_000;

export type Distribution =
  | { readonly ok: true; readonly home: string }
  | { readonly ok: false; readonly reason: string };

/**
 * The folder of a distribution: `KEYCLOAK_HOME`, or one in the cache, put there through Maven coordinates when
 * first needed. Where none can be had, the reason.
 */
export function findDistribution(): Distribution {
  if (!runs(javaCommand(), ['-version'])) return { ok: false, reason: 'no Java on this machine' };
  const home = process.env['KEYCLOAK_HOME'];
  if (home !== undefined && home !== '') {
    return existsSync(join(home, 'bin', 'kc.sh'))
      ? { ok: true, home }
      : { ok: false, reason: 'KEYCLOAK_HOME holds no bin/kc.sh' };
  }
  const cached = join(cache, keycloakVersion);
  if (existsSync(cached)) return { ok: true, home: cached };
  if (!runs('mvn', ['--version'])) {
    return { ok: false, reason: 'neither KEYCLOAK_URL nor KEYCLOAK_HOME is set, and there is no mvn' };
  }
  return download(cached);
}

/** Whoever finishes first puts the folder in place; it is never seen half unpacked. */
function download(target: string): Distribution {
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'download-'));
  try {
    const copied = spawnSync(
      'mvn',
      [
        '-q',
        '-B',
        'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
        `-Dartifact=org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:tar.gz`,
        `-DoutputDirectory=${scratch}`,
      ],
      { cwd: scratch, stdio: 'ignore', timeout: downloadTimeoutMs },
    );
    if (copied.status !== 0) return { ok: false, reason: `mvn could not fetch Keycloak ${keycloakVersion}` };
    const archive = `keycloak-quarkus-dist-${keycloakVersion}.tar.gz`;
    const unpacked = spawnSync('tar', ['xzf', archive], {
      cwd: scratch,
      stdio: 'ignore',
      timeout: unpackTimeoutMs,
    });
    if (unpacked.status !== 0) return { ok: false, reason: `${archive} could not be unpacked` };
    if (!existsSync(target)) renameSync(join(scratch, `keycloak-${keycloakVersion}`), target);
    return { ok: true, home: target };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function javaCommand(): string {
  const home = process.env['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
