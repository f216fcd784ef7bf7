import type { Finding } from './finding.ts';
import { noTokens } from './issuance.ts';
import type { Departure, Verdict } from './issuer.ts';
import type { Policy } from './policy.ts';

/** The rule of challenges that become denials where nothing can ask. */
const cannotAsk = 'TE840';

/**
 * Announces that an issuer denies where it cannot ask, for each challenge of a policy.
 *
 * @param denies a sentence without its end: `Okta cannot ask for a factor, so the token is denied`
 */
export function challengeFindings(policy: Policy, denies: string, help: string): readonly Finding[] {
  return policy.deny.flatMap(({ path, reason, challenge }): readonly Finding[] =>
    challenge === undefined
      ? []
      : [
          {
            rule: cannotAsk,
            severity: 'info',
            message: `${denies} with \`${reason}\`.`,
            range: policy.source.value(path),
            help,
          },
        ],
  );
}

/** The announced denial in place of a challenge; undefined if nothing is asked for. */
export function challengeDeparture(
  policy: Policy,
  { denied, challenged }: Verdict,
  denies: string,
): Departure | undefined {
  if (challenged === undefined || denied === undefined) return undefined;
  const rule = policy.deny.find(({ reason, challenge }) => challenge !== undefined && reason === denied);
  return {
    rule: cannotAsk,
    path: rule?.path,
    why: `${denies}.`,
    instead: { ...noTokens, denied },
  };
}
