import type { Trial } from '../run/trial.ts';

/** Who asks for what, as `situated` completes it, and what the sources say. */
export type Situation = Pick<Trial, 'context' | 'answers'>;
