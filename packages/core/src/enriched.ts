import { z } from 'zod';
import type { Finding, Path } from './finding.ts';
import type { Enriched, Policy } from './policy.ts';

const ids = (longest: number) => z.array(z.string().min(1).max(longest)).min(1);
const aChoice = 'a list of ids, or `all`';

/** What every issuer takes under `issuers.<id>`: the tokens that the policy is for. */
export const enrichedSettings = {
  clients: z
    .union([z.literal('all'), ids(255)], aChoice)
    .optional()
    .describe(
      'The clients whose tokens the policy is for, by id; the tokens of others are left alone. all says that it is for every client. Default all.',
    ),
  audiences: ids(1_024)
    .optional()
    .describe('The audiences whose tokens the policy is for; other tokens are left alone. Default any.'),
} as const;

/** The clients and audiences of an issuer's settings. */
export function enrichedOf({
  clients,
  audiences,
}: {
  readonly clients?: 'all' | readonly string[] | undefined;
  readonly audiences?: readonly string[] | undefined;
}): Enriched | undefined {
  const named = clients === 'all' ? undefined : clients;
  return named === undefined && audiences === undefined ? undefined : { clients: named, audiences };
}

/** The setting that leaves a token alone; undefined if none does, also if the client or the audience is not known. */
export function leftAloneBy(
  { clients, audiences }: Enriched,
  client: string | undefined,
  audience: string | undefined,
): 'clients' | 'audiences' | undefined {
  if (clients !== undefined && client !== undefined && !clients.includes(client)) return 'clients';
  const isOther = audiences !== undefined && audience !== undefined && !audiences.includes(audience);
  return isOther ? 'audiences' : undefined;
}

/** Reports `audiences` that do not name the one audience of an issuer's tokens: the policy would be for none of them. */
export function oneAudienceFindings(
  { source }: Policy,
  { id, title }: { readonly id: string; readonly title: string },
  {
    audience,
    audiences,
  }: { readonly audience?: string | undefined; readonly audiences?: Enriched['audiences'] },
): readonly Finding[] {
  if (audiences === undefined || (audience !== undefined && audiences.includes(audience))) return [];
  const path: Path = ['issuers', id, 'audiences'];
  return [
    {
      rule: 'TE837',
      severity: 'error',
      message:
        audience === undefined
          ? `All tokens have the same audience at ${title}, and the spec does not say which.`
          : `The policy is for no token at ${title}: all of them have the audience \`${audience}\`, which \`audiences\` does not name.`,
      range: source.value(path),
      help:
        audience === undefined
          ? `Set \`issuers: { ${id}: { audience: … } }\` to one of them, or remove \`audiences\`.`
          : `Add it to \`audiences\`, remove \`audiences\`, or remove ${title} from \`issuers\`.`,
    },
  ];
}
