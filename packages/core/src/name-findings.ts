import type { Finding } from './finding.ts';
import type { Policy, PolicyClaim } from './policy.ts';
import { protocolClaims } from './reserved-names.ts';

/** Why an issuer refuses a name, and what to do. */
export interface NameProblem {
  /** Default TE102. */
  readonly rule?: string;
  readonly message: string;
  readonly help: string;
}

/** How an issuer names claims. */
export interface Naming {
  /** Its key under `as`. */
  readonly issuer: string;
  /** The claim's name at the issuer: its alias, or with the namespace as a prefix if the issuer refuses the plain name. */
  name(claim: PolicyClaim): string;
  /** What is wrong with that name. */
  problem(name: string, claim: PolicyClaim): NameProblem | undefined;
  /** What is wrong with the policy marker's name. */
  markerProblem(name: string): NameProblem | undefined;
  /** Why the issuer adds the namespace, as the end of a sentence: "Auth0 drops the short name." */
  readonly whyNotBare: string;
}

/** Claims with names that an issuer refuses, uses twice, or changes. */
export function nameFindings({ claims, marker, source }: Policy, naming: Naming): readonly Finding[] {
  const { issuer } = naming;
  const takenBy = takenNames(marker?.claim);
  const findings = claims.flatMap((claim): readonly Finding[] => {
    const name = naming.name(claim);
    const other = takenBy(name, claim);
    const key = source.key(['claims', claim.name]);
    if (other !== undefined) {
      const message = `\`${claim.name}\` and ${other} are both emitted as \`${name}\`.`;
      return [error({ message, help: `Rename one of them with ${way(issuer)}.` }, key)];
    }
    const isAlias = hasAlias(claim, issuer);
    const problem = naming.problem(name, claim) ?? protocolProblem(name, claim);
    if (problem !== undefined)
      return [error(problem, isAlias ? source.value(['claims', claim.name, 'as', issuer]) : key)];
    if (name === claim.name || isAlias) return [];
    const message = `\`${claim.name}\` is emitted as \`${name}\`: ${naming.whyNotBare}`;
    const help = `To choose the name yourself, write ${way(issuer)}.`;
    return [{ rule: 'TE102', severity: 'info', message, range: key, help }];
  });
  const problem = marker && naming.markerProblem(marker.claim);
  return problem === undefined ? findings : [...findings, error(problem, source.value(['marker']))];
}

/**
 * Reports other writers of a claim's name in one of its tokens. Call it for each claim in turn. The marker is in access
 * tokens.
 */
export function takenNames(
  marker: string | undefined,
): (name: string, claim: PolicyClaim) => string | undefined {
  const taken = new Map<string, string>(
    marker === undefined ? [] : [[`access ${marker}`, 'the policy marker']],
  );
  return (name, claim) => {
    const places = claim.tokens.map((token) => `${token} ${name}`);
    const other = places.map((place) => taken.get(place)).find((one) => one !== undefined);
    for (const place of places) taken.set(place, `\`${claim.name}\``);
    return other;
  };
}

/** An alias may be the name of a protocol claim, too. */
function protocolProblem(name: string, claim: PolicyClaim): NameProblem | undefined {
  if (name === claim.name || !protocolClaims.includes(name)) return undefined;
  return {
    rule: 'TE101',
    message: `\`${name}\` belongs to the protocol; a policy cannot set it.`,
    help: 'Choose another name.',
  };
}

/** How to rename a claim at an issuer that refuses its name. */
export function otherName(claim: PolicyClaim, issuer: string, example = '…'): string {
  return hasAlias(claim, issuer)
    ? 'Choose another name.'
    : `Set \`namespace:\`, or rename it with ${way(issuer, example)}.`;
}

function hasAlias({ as }: PolicyClaim, issuer: string): boolean {
  return as[issuer] !== undefined;
}

function way(issuer: string, example = '…'): string {
  return `\`as: { ${issuer}: ${example} }\``;
}

function error({ rule = 'TE102', message, help }: NameProblem, range: Finding['range']): Finding {
  return { rule, severity: 'error', message, range, help };
}
