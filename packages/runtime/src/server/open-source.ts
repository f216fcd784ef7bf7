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

/** The time for checking settings, loading the driver and connecting, for each source. */
const readyTimeoutMs = 10_000;
const readyTries = 3;
const readyPauseMs = 100;

/** A source of a policy with what asks it. */
export interface OpenSource {
  readonly source: ServerSource;
  readonly driver: Driver;
  readonly breaker: SourceBreaker<Tried>;
  /** The first few questions that the source refused, with no answer in between. */
  readonly forbidden: Set<string>;
  /** How its answers are sealed in a shared cache. Throws if a setting is missing. */
  readonly seal: () => Seal;
}

/**
 * Opens a source. It checks and connects nothing until the driver gets ready or is asked.
 *
 * @param secret seals its answers in a shared cache, together with its own settings
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

/**
 * The seal also depends on everything that the source is asked with, including secrets, so that servers with different
 * settings do not share answers.
 */
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
 * @throws SourceError if it is set up wrongly or cannot be reached in time
 */
export async function sourceReady(name: string, driver: Driver): Promise<void> {
  const isReady = await within(readyTimeoutMs, false, async ({ signal }) => {
    for (let tries = 1; ; tries++) {
      try {
        await driver.ready(signal);
        return true;
      } catch (error) {
        // The first connection of a new process may take longer than one attempt.
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

/** Whether the source refuses our credential. If a refusal may be about the user, several in a row are needed. */
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
