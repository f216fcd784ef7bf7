import type { Policy } from './policy.ts';

/** Computes a function once for each policy: many parts of an issuer need the same plan and settings. */
export function oncePerPolicy<Result extends object>(
  compute: (policy: Policy) => Result,
): (policy: Policy) => Result {
  const results = new WeakMap<Policy, Result>();
  return (policy) => {
    const found = results.get(policy) ?? compute(policy);
    results.set(policy, found);
    return found;
  };
}
