import { TargetError } from '@claimsmith/core';
import { DeployError, inParallel } from '@claimsmith/deploy';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Site } from './open.ts';
import type { Progress } from './progress.ts';

/** What came of a place, or why nothing did. */
export type SiteResult<Value> =
  | { readonly site: Site; readonly value: Value }
  | { readonly site: Site; readonly error: TargetError | DeployError };

/** How many places are worked on at the same time. */
const defaultParallel = 8;

/** @throws {CliError} `usage` */
export function parallelOf(flag: string | undefined): number {
  if (flag === undefined) return defaultParallel;
  if (/^[1-9]\d{0,2}$/.test(flag)) return Number(flag);
  throw new CliError('usage', `--parallel is a number from 1 to 999, not "${flag}"`);
}

/** Does something at each place. A place that fails does not keep the others from being done. */
export async function atEach<Value>(
  sites: readonly Site[],
  parallel: number,
  progress: Progress,
  action: (site: Site) => Promise<Value>,
): Promise<readonly SiteResult<Value>[]> {
  const results = new Map<number, SiteResult<Value>>();
  await inParallel(sites, parallel, async (site, index) => {
    results.set(index, await resultOf(site, action));
    progress.done();
  });
  progress.end();
  return sites.flatMap((_, index) => results.get(index) ?? []);
}

async function resultOf<Value>(
  site: Site,
  action: (site: Site) => Promise<Value>,
): Promise<SiteResult<Value>> {
  try {
    return { site, value: await action(site) };
  } catch (error) {
    if (error instanceof TargetError || error instanceof DeployError) return { site, error };
    throw error;
  }
}

/** The exit code for places that failed: a place that cannot be reached is told apart. */
export function failureCode(errors: readonly { readonly code: string }[]): ExitCode | undefined {
  if (errors.length === 0) return undefined;
  return errors.every(({ code }) => code === 'unreachable') ? exit.unreachable : exit.failed;
}
