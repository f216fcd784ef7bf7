import { type Compilation, isError, type Policy } from '@claimsmith/core';
import { check } from '../check/check.ts';
import { feederPlans } from '../plan/feeders.ts';
import { planOf } from '../plan/plan.ts';
import { hookFile, loadHookFile } from './hook-file.ts';
import { manifestOf } from './manifest.ts';
import { nativeClaims } from './native-claims.ts';

/**
 * Turns a policy into `native-claims.json` for Okta's API, `policy.mjs` for the hook server, if the policy needs one,
 * and `manifest.json`, which lists what else the org needs. It loads the hook's file once before it returns. The same
 * policy gives the same bytes.
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const findings = check(policy);
  if (findings.some(isError)) return { artifacts: [], findings };
  const plan = planOf(policy);
  const { hook, settings } = plan;
  const feeders = hook === undefined ? [] : feederPlans(hook, settings);
  const claims = nativeClaims(policy, plan, feeders);
  const native = { claims, content: json(claims) };
  const hookContent = hook && hookFile(policy, hook, settings, feeders);
  if (hookContent !== undefined) loadHookFile(hookContent);
  return {
    artifacts: [
      { path: 'native-claims.json', content: native.content },
      ...(hookContent === undefined ? [] : [{ path: 'policy.mjs', content: hookContent }]),
      { path: 'manifest.json', content: json(manifestOf(policy, plan, native, hookContent)) },
    ],
    findings,
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
