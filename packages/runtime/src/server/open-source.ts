import { fill, type Setting } from '../fill.ts';
import type { Failed } from '../request.ts';
import { within } from '../within.ts';
import { healthOf, type Tried } from './attempts.ts';
import { faultLimit, type SourceBreaker, sourceBreaker } from './breaker.ts';
import type { Driver } from './driver.ts';
import { dynamoDbDriver } from './dynamodb.ts';
import { httpDriver } from './http.ts';
import { type Seal, sealWith } from './seal.ts';
import type { ServerSource } from './source.ts';
import { SourceError } from './source-error.ts';
import { sqlDriver } from './sql.ts';

/** For checking settings, loading drivers and connecting, of each source. */
const readyTimeoutMs = 10_000;
const readyTries = 3;
const readyPauseMs = 100;

/** A source of a policy with what asks it. */
export interface OpenSource {
  readonly source: ServerSource;
  readonly driver: Driver;
  readonly breaker: SourceBreaker<Tried>;
  /** Questions, with no answer in between, on which we were refused, or they were; the first few. */
  readonly forbidden: Set<string>;
  /** How its answers are sealed in a shared cache. Throws if a setting is missing. */
  readonly seal: () => Seal;
}

/**
 * Opens a source: nothing is checked or connected before its driver is ready or asked.
 *
 * @param secret what its answers in a shared cache are sealed with, next to its own settings
 */
export function openSource(name: string, source: ServerSource, setting: Setting, secret: string): OpenSource {
  return {
    source,
    driver: driverOf(name, source, setting),
    breaker: sourceBreaker(healthOf),
    forbidden: new Set(),
    seal: sealOf(source, setting, secret),
  };
}

function driverOf(name: string, source: ServerSource, setting: Setting): Driver {
  switch (source.kind) {
    case 'http':
      return httpDriver(name, source, setting);
    case 'sql':
      return sqlDriver(name, source, setting);
    case 'dynamodb':
      return dynamoDbDriver(name, source, setting);
  }
}

/** Sealed with all that the source is asked with too, secrets included: servers that differ there do not mix. */
function sealOf(source: ServerSource, setting: Setting, secret: string): () => Seal {
  let made: Seal | undefined;
  return () => {
    made ??= sealWith(
      secret,
      fill(JSON.stringify(source), (name) => JSON.stringify(setting(name))),
    );
    return made;
  };
}

/**
 * Waits until a source can be asked.
 *
 * @throws SourceError for one that is set up wrongly, or cannot be reached in time
 */
export async function sourceReady(name: string, driver: Driver): Promise<void> {
  const isReady = await within(readyTimeoutMs, false, async ({ signal }) => {
    for (let tries = 1; ; tries++) {
      try {
        await driver.ready(signal);
        return true;
      } catch (error) {
        // The first connection of a process that has just started may take longer than an attempt has.
        if (!isPassing(error) || tries === readyTries) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, readyPauseMs));
    }
  });
  if (!isReady) throw new SourceError('connection', name, `it was not ready within ${readyTimeoutMs} ms`);
}

/** Whether what keeps a source from being asked may pass by itself. */
export function isPassing(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'connection';
}

/** Whether the source refuses our credential. If the refusal may be about the user, only after several in a row. */
export function isRefused({ forbidden }: OpenSource, key: string, { passing, refusal }: Failed): boolean {
  if (refusal === 'us') return true;
  if (refusal === undefined) {
    if (!passing) forbidden.clear();
    return false;
  }
  if (forbidden.size < faultLimit) forbidden.add(key);
  return forbidden.size === faultLimit;
}

/** How long after it was true an answer may serve at all. */
export function servesMsOf({ cacheMs, staleMs }: ServerSource): number {
  return cacheMs > 0 ? cacheMs + staleMs : 0;
}
