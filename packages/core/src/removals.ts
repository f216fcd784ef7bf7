import { z } from 'zod';
import type { Finding, Path } from './finding.ts';
import type { Policy } from './policy.ts';
import { protocolClaims } from './reserved-names.ts';
import { type TokenName, tokenNames } from './tokens.ts';

const aName = 'a name of a claim, without white space';
const names = z
  .array(z.string(aName).regex(/^\S{1,256}$/, aName))
  .min(1)
  .optional();

const about =
  "Claims of the issuer itself that the policy takes out, by token: { id: [email] }. They are named as in the issuer's tokens. Default none.";
const lists = { access: names, id: names };

/** What may stand under `issuers.<id>.remove`: names of claims, by token. */
export const removeSetting = z.strictObject(lists).optional().describe(about);

/** The same for an issuer that can also change its userinfo answer. */
export const removeSettingWithUserinfo = z
  .strictObject({ ...lists, userinfo: names })
  .optional()
  .describe(about);

/** By token, the names of claims. */
export type Removals = { readonly [T in TokenName]?: readonly string[] | undefined };

interface Remover {
  readonly id: string;
  readonly title: string;
  /** The names of the policy's claims at the issuer, by their names in the spec. */
  readonly names: Readonly<Record<string, string>>;
  /** Whether the issuer, or what protects its tokens, needs the claim. */
  isProtected(name: string, token: TokenName): boolean;
}

/** Reports claims that must stay in tokens, and claims that the policy itself writes. */
export function removalFindings(
  { claims, marker, source }: Policy,
  { id, title, names, isProtected }: Remover,
  remove: Removals | undefined,
): readonly Finding[] {
  return tokenNames.flatMap((token) =>
    (remove?.[token] ?? []).flatMap((name, index): readonly Finding[] => {
      const path: Path = ['issuers', id, 'remove', token, index];
      const own = claims.find((claim) => claim.tokens.includes(token) && names[claim.name] === name);
      const isMarker = name === marker?.claim;
      if (own === undefined && !isMarker && !protocolClaims.includes(name) && !isProtected(name, token))
        return [];
      return [
        {
          rule: 'TE844',
          severity: 'error',
          message:
            own === undefined
              ? `\`${name}\` must stay in tokens: ${isMarker ? 'it is the policy marker' : `${title} and services need it`}.`
              : `\`${name}\` is a claim of the policy, so \`remove\` cannot take it out.`,
          range: source.value(path),
          help:
            own === undefined
              ? 'Leave it out of `remove`.'
              : 'Remove it from `claims`, or leave it out of `remove`.',
        },
      ];
    }),
  );
}
