/**
 * Rules for some readers, which `check` applies only if it is asked to. `auditor`: who owns, reads and reviews what.
 * `pedantic`: names, sizes and habits.
 */
export const profiles = ['auditor', 'pedantic'] as const;
/** One of {@link profiles}. */
export type Profile = (typeof profiles)[number];
