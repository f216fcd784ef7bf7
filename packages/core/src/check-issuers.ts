import { withAcceptances } from './acceptance.ts';
import type { CreatedPolicy } from './create-policy.ts';
import { type Finding, isError } from './finding.ts';
import type { Issuer } from './issuer.ts';
import type { Policy } from './policy.ts';
import { jsonBytes } from './token-size.ts';

/**
 * Reports the parts of a policy that do not work at some issuers. If a policy has faults, it checks only the sound
 * parts and reports only errors, which stay true after the faults are fixed.
 */
export function checkIssuers(
  { draft, isPartial }: CreatedPolicy,
  issuers: readonly Issuer[],
): readonly Finding[] {
  if (draft === undefined) return [];
  const findings = issuers.flatMap((issuer) => issuer.check(draft));
  return isPartial ? findings.filter(isError) : findings;
}

/** An issuer's findings for a policy, with its name and the acceptances of the spec. */
export function atIssuer(
  issuer: string,
  { acceptances }: Policy,
  findings: readonly Finding[],
): readonly Finding[] {
  return withAcceptances(
    findings.map((finding) => ({ ...finding, issuer })),
    acceptances,
  );
}

/** Smaller specs, as JSON, cannot reach an issuer's limits. */
const smallSpecBytes = 25_000;

/**
 * Reports problems that only a build shows: whether an issuer accepts files of that size. Small policies are not built,
 * so that a check stays quick.
 *
 * @param known the findings of `checkIssuers` for it, none of them an error
 */
export async function checkBuilt(
  policy: Policy,
  issuers: readonly Issuer[],
  known: readonly Finding[],
): Promise<readonly Finding[]> {
  if (jsonBytes(policy.spec) < smallSpecBytes) return [];
  const compilations = await Promise.all(issuers.map((issuer) => issuer.compile(policy)));
  return compilations.flatMap(({ findings }) => newFindings(findings, known));
}

/** The new findings of a compilation: an issuer's `compile` runs its `check` again. */
export function newFindings(findings: readonly Finding[], known: readonly Finding[]): readonly Finding[] {
  const seen = new Set(known.map(identity));
  return findings.filter((finding) => !seen.has(identity(finding)));
}

function identity({ rule, issuer, message, range }: Finding): string {
  return JSON.stringify([rule, issuer, message, range?.start.offset]);
}
