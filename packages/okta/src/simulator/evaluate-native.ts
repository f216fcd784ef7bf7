import { everyone, groupsLimit } from '../limits.ts';
import { ElError } from '../plan/el/el-error.ts';
import { evaluateEl } from '../plan/el/evaluate.ts';
import type { NativeClaim } from '../plan/native-claim.ts';
import type { KnownIssuance } from './known-issuance.ts';

/** Claims that Okta makes before it calls the hook. */
export interface MadeClaims {
  readonly access: Readonly<Record<string, unknown>>;
  readonly id: Readonly<Record<string, unknown>>;
}

/** A claim that Okta could not make: it then fails the whole request. */
export interface NativeFailure {
  readonly claim: string;
  /** Names no value. */
  readonly why: string;
}

/** Makes an authorization server's own claims, as Okta does before it calls a hook. */
export function evaluateNative(
  claims: readonly NativeClaim[],
  issuance: KnownIssuance,
): MadeClaims | { readonly failure: NativeFailure } {
  const access: Record<string, unknown> = {};
  const id: Record<string, unknown> = {};
  for (const claim of claims) {
    const isAccess = claim.claimType === 'RESOURCE';
    if (!(isAccess ? issuance.tokens.access : issuance.tokens.id) || !isConditionMet(claim, issuance))
      continue;
    try {
      const value =
        claim.valueType === 'GROUPS' ? groupsOf(claim, issuance) : evaluate(claim.value, issuance);
      if (value !== null && value !== undefined && !isEmptyList(value))
        (isAccess ? access : id)[claim.name] = value;
    } catch (problem) {
      if (!(problem instanceof ElError || problem instanceof TooMany)) throw problem;
      return { failure: { claim: claim.name, why: problem.message } };
    }
  }
  return { access, id };
}

/** @see https://support.okta.com/help/s/article/How-to-Write-a-Groups-Claim-Expression-that-Will-Match-Against-Two-Differently-Named-Groups */
function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isConditionMet({ conditions }: NativeClaim, { request }: KnownIssuance): boolean {
  return conditions.scopes.length === 0 || conditions.scopes.some((scope) => request.scopes.includes(scope));
}

/** Sessions are out of an expression's sight. */
function evaluate(text: string, { session: _, ...issuance }: KnownIssuance): unknown {
  return evaluateEl(text, issuance);
}

class TooMany extends Error {}

/** The groups of the user that a filter lets through; undefined without a user or without such groups. */
function groupsOf(claim: NativeClaim, { user }: KnownIssuance): readonly string[] | undefined {
  if (user === undefined) return undefined;
  const found = [...new Set([everyone, ...user.groups])].filter(filterOf(claim));
  if (found.length > groupsLimit) throw new TooMany(`more than ${groupsLimit} groups match`);
  return found.length === 0 ? undefined : found;
}

/** @see https://developer.okta.com/docs/guides/customize-tokens-groups-claim/ */
function filterOf({ value, group_filter_type: type }: NativeClaim): (group: string) => boolean {
  const sought = value.toLowerCase();
  switch (type) {
    case 'STARTS_WITH':
      return (group) => group.toLowerCase().startsWith(sought);
    case 'EQUALS':
      return (group) => group.toLowerCase() === sought;
    case 'CONTAINS':
      return (group) => group.toLowerCase().includes(sought);
    default: {
      const whole = new RegExp(`^(?:${value})$`, 'u');
      return (group) => whole.test(group);
    }
  }
}
