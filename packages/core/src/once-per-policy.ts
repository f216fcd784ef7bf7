import type { Policy } from './policy.ts';

/** A function of a policy that computes once for each: many parts of an issuer ask for the same plan and settings. */
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
