import type { Trial } from '../run/trial.ts';

/** The identity context, as `situated` completes it, and the answers of the sources, at the login and later. */
export type Situation = Pick<Trial, 'context' | 'answers' | 'later'>;
