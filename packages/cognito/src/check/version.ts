import type { Finding, Policy } from '@claimsmith/core';
import { groupsClaimOf } from '../names.ts';
import type { Settings } from '../settings.ts';

/** What the chosen version of the trigger cannot do. */
export function versionFindings(policy: Policy, { version, remove }: Settings): readonly Finding[] {
  const range = policy.source.value(['issuers', 'cognito', 'version']);
  if (version === 'V3_0') return [];
  const doesRefuse = policy.deny.length + policy.scopes.length > 0;
  const machines: Finding = {
    rule: 'TE832',
    severity: doesRefuse ? 'warning' : 'info',
    message: `Cognito issues the tokens of machines without the policy: ${version} is for people alone${doesRefuse ? ', so they are issued even if the policy would deny them' : ''}.`,
    range,
    help: 'Choose V3_0, or let services accept only tokens with the policy marker.',
  };
  if (version !== 'V1_0') return [machines];
  const removed: readonly Finding[] =
    remove?.access === undefined
      ? []
      : [
          {
            rule: 'TE842',
            severity: 'error',
            message: 'With V1_0, Cognito changes ID tokens alone, so it takes nothing out of access tokens.',
            range: policy.source.key(['issuers', 'cognito', 'remove', 'access']),
            help,
          },
        ];
  return [machines, ...oldFindings(policy, range), ...removed];
}

const help = 'Choose V2_0 or V3_0. They need the feature plan Essentials or Plus.';

/** V1_0 sets texts in ID tokens. */
function oldFindings(policy: Policy, range: Finding['range']): readonly Finding[] {
  const { scopes, source } = policy;
  const groups = groupsClaimOf(policy);
  const claims = policy.claims.filter((claim) => claim !== groups);
  const inAccess = claims.filter(({ tokens }) => tokens.includes('access'));
  const other = claims.filter(
    ({ tokens, type }) => !tokens.includes('access') && type.kind !== 'string' && type.kind !== 'optional',
  );
  const [scope] = scopes;
  const findings: Finding[] = [
    {
      rule: 'TE842',
      severity: 'info',
      message: `With V1_0, access tokens carry ${groups === undefined ? 'nothing of the policy' : `only \`${groups.name}\` of the policy`}, so they have no policy marker.`,
      range,
      help,
    },
  ];
  const [first] = inAccess;
  if (first !== undefined)
    findings.push({
      rule: 'TE842',
      severity: 'error',
      message: `With V1_0, Cognito sets claims in ID tokens alone; ${inAccess.length === 1 ? `\`${first.name}\` is` : `${inAccess.length} claims, \`${first.name}\` among them, are`} for access tokens.`,
      range: source.key(['claims', first.name]),
      help,
    });
  for (const { name, type } of other)
    findings.push({
      rule: 'TE842',
      severity: 'error',
      message: `With V1_0, claims are texts; \`${name}\` is ${type.kind === 'list' ? 'a list' : 'not text'}.`,
      range: source.key(['claims', name]),
      help: `Emit text, or choose V2_0 or V3_0.`,
    });
  if (scope !== undefined)
    findings.push({
      rule: 'TE842',
      severity: 'error',
      message: 'With V1_0, a trigger neither sees nor changes scopes.',
      range: source.key(['scopes', scope.name]),
      help,
    });
  return findings;
}
