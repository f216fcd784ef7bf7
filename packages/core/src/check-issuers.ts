import { withAcceptances } from './acceptance.ts';
import { cedarToken } from './contract/cedar.ts';
import { contractOf } from './contract/contract.ts';
import type { CreatedPolicy } from './create-policy.ts';
import { type Finding, isError } from './finding.ts';
import type { Issuer } from './issuer.ts';
import { lookupFindings } from './lookups/findings.ts';
import type { Policy } from './policy.ts';
import { jsonBytes } from './token-size.ts';
import { unprovenAges } from './unproven-ages.ts';

/**
 * Reports the parts of a policy that do not work at some issuers, and, if it reads `issuer`, the findings that only its
 * form for an issuer shows. If a policy has faults, it checks only the sound parts and reports only errors, which stay
 * true after the faults are fixed.
 */
export function checkIssuers(created: CreatedPolicy, issuers: readonly Issuer[]): readonly Finding[] {
  const each = issuers.map((issuer) => ({ issuer, own: created.at(issuer.id) }));
  const general = each.map(({ issuer, own }) =>
    own === created ? [] : newFindings(own.findings, created.findings).map((one) => ({ one, issuer })),
  );
  return [
    ...joined(general.flat(), issuers.length),
    ...(created.isPartial ? [] : unprovenAges(created, issuers)),
    ...cedarNames(created, issuers),
    ...each.flatMap(({ issuer, own: { draft, isPartial } }) => {
      if (draft === undefined) return [];
      const findings = [...issuer.check(draft), ...atIssuer(issuer.id, draft, lookupFindings(draft, issuer))];
      return isPartial ? findings.filter(isError) : findings;
    }),
  ];
}

/** Names of claims in tokens that Cedar cannot read. Rule TE860 itself reports types. */
function cedarNames(created: CreatedPolicy, issuers: readonly Issuer[]): readonly Finding[] {
  const { policy } = created;
  const settings = policy?.spec.cedar;
  if (policy === undefined || settings === undefined) return [];
  const contract = contractOf(policy, issuers, (id) => created.at(id).policy);
  const found = cedarToken(contract, settings).uncarried.flatMap(
    ({ claim, name, why }): readonly Finding[] => {
      const said = Object.entries(policy.spec.claims[claim]?.as ?? {}).find(([, one]) => one === name);
      const { source } = policy;
      const range =
        said === undefined ? source.key(['claims', claim]) : source.value(['claims', claim, 'as', said[0]]);
      const help = 'Give the claim a name of its own, with `as` at an issuer.';
      const message = `Cedar cannot carry \`${claim}\`, because ${why}.`;
      return name === undefined ? [] : [{ rule: 'TE860', severity: 'error', message, range, help }];
    },
  );
  return withAcceptances(found, policy.acceptances);
}

/** Findings that hold at every issuer once, the others with the name of their issuer. */
function joined(
  found: readonly { readonly one: Finding; readonly issuer: Issuer }[],
  count: number,
): readonly Finding[] {
  const times = new Map<string, number>();
  for (const { one } of found) times.set(identity(one), (times.get(identity(one)) ?? 0) + 1);
  const told = new Set<string>();
  return found.flatMap(({ one, issuer }): readonly Finding[] => {
    if (times.get(identity(one)) !== count) return [{ ...one, issuer: issuer.id }];
    if (told.has(identity(one))) return [];
    told.add(identity(one));
    return [one];
  });
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
  policyAt: (issuer: string) => Policy | undefined,
  issuers: readonly Issuer[],
  known: readonly Finding[],
): Promise<readonly Finding[]> {
  const large = issuers.flatMap((issuer) => {
    const policy = policyAt(issuer.id);
    return policy === undefined || jsonBytes(policy.spec) < smallSpecBytes ? [] : [{ issuer, policy }];
  });
  const compilations = await Promise.all(large.map(({ issuer, policy }) => issuer.compile(policy)));
  return compilations.flatMap(({ findings }) => newFindings(findings, known));
}

/** The new findings of a compilation, which has those of the issuer's `check` too. */
export function newFindings(findings: readonly Finding[], known: readonly Finding[]): readonly Finding[] {
  const seen = new Set(known.map(identity));
  return findings.filter((finding) => !seen.has(identity(finding)));
}

function identity({ rule, issuer, message, range }: Finding): string {
  return JSON.stringify([rule, issuer, message, range?.start.offset]);
}
