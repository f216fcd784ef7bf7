import { createPolicy, type Policy, type Surroundings } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { cognito } from '../src/index.ts';

/** The policy of a spec in YAML; throws with the findings if the spec is not a policy. */
export function policyOf(text: string): Policy {
  const { spec, source, findings } = readSpec(
    { file: 'enrichment.yaml', text },
    { cognito: cognito.settings },
  );
  if (spec === undefined) throw new Error(JSON.stringify(findings));
  const created = createPolicy(spec, source).at('cognito');
  if (created.policy === undefined) throw new Error(JSON.stringify(created.findings));
  return created.policy;
}

/** A moment to start at: 2026-11-20T00:00:00Z. */
export const nowSeconds = 1_795_132_800;

/** Surroundings whose sources answer from a table by address; an address that is not in it hangs. */
export function surroundings(
  answers: Readonly<Record<string, () => Response | Promise<Response>>> = {},
  secrets: Readonly<Record<string, string>> = {},
): Surroundings & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    secrets,
    nowSeconds,
    answer: () => ({ fails: 'network' }),
    fetch: async (url) => {
      asked.push(url);
      return (await answers[url]?.()) ?? new Promise(() => undefined);
    },
  };
}

/** The findings of a spec at Cognito, one line each, without what every spec is told, or every one that may deny. */
export function findingsOf(text: string): readonly string[] {
  return cognito
    .check(policyOf(`version: 1\nname: some\n${text}`))
    .filter(({ rule }) => rule !== 'TE841' && rule !== 'TE836')
    .map(({ rule, severity, message }) => `${severity} ${rule} ${message}`);
}
