import { countText } from '@claimsmith/cel';
import type { Finding } from '../finding.ts';
import { gateways, tokenLimitBytes } from '../gateways.ts';
import type { Policy } from '../policy.ts';
import {
  assumedBytes,
  type ClaimSize,
  detailsClaim,
  scopeClaim,
  sizeWithout,
  worstSize,
} from '../worst-size.ts';
import type { CheckOptions, Rule } from './rule.ts';

export const tokenTooLarge = {
  id: 'TE801',
  slug: 'token-too-large',
  severity: 'warning',
  also: ['error'],
  title: 'The largest access token within the bounds of the spec passes common gateways.',
  why: 'A gateway or server refuses a request whose headers are too large, so the users with the most roles cannot use the service. Texts without `maxBytes` count as 36 bytes. With `check --gateway`, it is an error where the token does not pass that gateway.',
  mend: 'Lower `maxItems` or `maxBytes`, filter the list for the service, or raise the limit of the gateway.',
  bad: `claims:
  groups: { value: user.groups, kind: authoritative, maxItems: 500 }`,
  good: `claims:
  groups: { value: 'user.groups.filter(g, g.startsWith("shop:"))', kind: authoritative, maxItems: 50 }`,
  reference: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.4',
  check: (policy, options) => tooLarge(policy, options),
} as const satisfies Rule;

/** How many claims are named at most. */
const mostClaims = 5;

function tooLarge(policy: Policy, { gateways: named = [] }: CheckOptions): readonly Finding[] {
  const asked = named.length === 0 ? gateways : gateways.filter(({ id }) => named.includes(id));
  const [first] = asked;
  if (first === undefined) return [];
  const worst = worstSize(policy);
  const limit = tokenLimitBytes(first);
  // The largest claims, as many as the token would have to do without; more than a few would say nothing new.
  const guilty: ClaimSize[] = [];
  for (const claim of worst.claims) {
    if (sizeWithout(worst, guilty) <= limit || guilty.length === mostClaims) break;
    guilty.push(claim);
  }
  const severity = named.length === 0 ? 'warning' : 'error';
  const raise = first.setting === undefined ? '' : `, or raise \`${first.setting}\` of ${first.title}`;
  const answer = first.answer === undefined ? '' : `, and answers ${first.answer} to more`;
  const help = `Lower \`maxItems\` or \`maxBytes\`, or filter the value${raise}.`;
  const found = guilty.map(
    ({ name, path, bytes, isAssumed }): Finding => ({
      rule: 'TE801',
      severity,
      message:
        `An access token may take ${countText(worst.bytes)} bytes, ${countText(Math.ceil((bytes * 4) / 3))} of them for \`${name}\`` +
        `${isAssumed ? ` if each text has ${assumedBytes}` : ''}; ${first.title} takes ${countText(limit)}${answer}.`,
      range: policy.source.value(path),
      help,
    }),
  );
  return [...found, ...(named.length === 0 ? [] : worst.unlimited.map(unlimited))];

  function unlimited(name: string): Finding {
    const [key, help] = unlimitedParts[name] ?? [
      ['claims', name],
      'Set `maxBytes`, or for a list of texts `maxItems`.',
    ];
    return {
      rule: 'TE801',
      severity,
      message: `An access token may have any size, because nothing limits \`${name}\`; ${first?.title} takes ${countText(limit)} bytes.`,
      range: policy.source.key(key),
      help,
    };
  }
}

/** What clients make as long as they like, and where the spec allows it. */
const unlimitedParts: Readonly<Record<string, readonly [key: readonly string[], help: string]>> = {
  [detailsClaim]: [
    ['authorizationDetails'],
    'Clients choose how many details they ask for. Limit that in front of the issuer, and accept this.',
  ],
  [scopeClaim]: [
    ['scopes'],
    'Clients choose how many objects they ask for with a dynamic scope. Limit that in front of the issuer, and accept this.',
  ],
};
