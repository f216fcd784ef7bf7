import { setTimeout as later } from 'node:timers/promises';
import type { HookPolicy } from '@claimsmith/okta/hook';
import type { Settings } from '@claimsmith/runtime';
import { systemCode } from '@claimsmith/server';
import {
  createGeneration,
  detailOf,
  type Generation,
  isSourceError,
  type Surroundings,
} from './generation.ts';

/** How long to wait before trying a source again that was unreachable at the start, in milliseconds. */
const readyRetryMs = 2_000;

/** How long the server waits for sources before it accepts requests, in milliseconds. */
const readyPatienceMs = 1_000;

/** How long a replaced policy keeps its connections after its deadline, in milliseconds. */
const retireMs = 1_000;

/** The policy that a server serves, and earlier ones with requests still under way. */
export class PolicyAtWork {
  /** The one at work. */
  current: Generation;
  #surroundings: Surroundings;
  readonly #retired = new WeakSet<Generation>();
  #isOver = false;

  private constructor(surroundings: Surroundings, generation: Generation) {
    this.#surroundings = surroundings;
    this.current = generation;
  }

  /**
   * Activates a policy, and waits a moment for its sources.
   *
   * @throws SourceError, or OktaError `authentication`, if its settings do not work
   */
  static async start(
    surroundings: Surroundings,
    policy: HookPolicy,
    settings: Settings,
  ): Promise<PolicyAtWork> {
    const atWork = new PolicyAtWork(surroundings, await createGeneration(surroundings, policy, settings));
    const becomesReady = atWork.#makeReady(atWork.current);
    becomesReady.catch((error) => atWork.#tellUnready(error));
    try {
      await Promise.race([becomesReady, later(readyPatienceMs)]);
    } catch (error) {
      await atWork.end();
      throw error;
    }
    atWork.#tellServed();
    return atWork;
  }

  /**
   * Replaces the policy, from the next request on.
   *
   * @throws Error if the settings of the new one do not work; the old one stays
   */
  async replace(
    policy: HookPolicy,
    settings: Settings,
    changes: Partial<Pick<Surroundings, 'authentication' | 'sharedCache'>>,
  ): Promise<void> {
    const changed = { ...this.#surroundings, ...changes };
    const next = await createGeneration(changed, policy, settings);
    try {
      await this.#makeReady(next);
    } catch (error) {
      this.#retired.add(next);
      await next.asking.close();
      throw error;
    }
    const old = this.current;
    this.#surroundings = changed;
    this.current = next;
    this.#retired.add(old);
    for (const name of Object.keys(old.policy.sources)) {
      if (!Object.hasOwn(policy.sources, name)) changed.metrics.sourceUp(name, undefined);
    }
    // Requests of the old one have ended by then.
    void later(old.policy.deadlineMs + retireMs, undefined, { ref: false }).then(() => old.asking.close());
    this.#tellServed();
  }

  /** Ends all that is under way with its sources. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.current.asking.close();
  }

  /** Where a source cannot be reached, it goes on trying. */
  async #makeReady(generation: Generation): Promise<void> {
    try {
      await generation.asking.ready();
    } catch (error) {
      if (!isSourceError(error) || systemCode(error) !== 'connection') throw error;
      this.#surroundings.log.debug('sources are not ready', { detail: error.message });
      this.#retry(generation).catch((later) => this.#tellUnready(later));
    }
  }

  async #retry(generation: Generation): Promise<void> {
    await later(readyRetryMs, undefined, { ref: false });
    if (!this.#retired.has(generation) && !this.#isOver) await this.#makeReady(generation);
  }

  #tellUnready(err: unknown): void {
    this.#surroundings.log.error('the source cannot be asked', { detail: detailOf(err), err });
  }

  #tellServed(): void {
    const { name, revision } = this.current.policy.program;
    this.#surroundings.metrics.serves(name, revision);
  }
}
