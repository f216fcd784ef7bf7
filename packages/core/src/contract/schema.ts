import { z } from 'zod';
import { policyName } from '../spec/schema.ts';
import { contractVersion } from './version.ts';

const carried = z.enum(['always', 'sometimes', 'never']);
const sign = z
  .object({
    claim: z.string(),
    present: z.boolean().optional(),
    startsWith: z.string().optional(),
    endsWith: z.string().optional(),
    equals: z.string().optional(),
  })
  .describe(
    'A claim that is there or not, begins or ends like this, or has this value; {client} stands for the client.',
  );
const typ = z.array(z.string().nullable());

/** What the access tokens of an issuer look like: facts of the vendor, not of a policy. */
export const accessTokenSchema = z.object({
  keysPath: z.string().describe('Where its keys are, below its address.'),
  typ: typ.describe('The values of typ in the header of an access token, in lower case; null: none.'),
  typWithoutId: typ.optional().describe('The values of typ in tokens without jti. Absent: there are none.'),
  proof: z.record(z.string(), z.string()).describe('Claims that only access tokens have, with their values.'),
  hasAudience: z.boolean().describe('Whether aud names the API. If not, services name the clients.'),
  ownAudiences: z
    .array(z.string())
    .describe('Audiences that the issuer adds itself; {issuer} stands for its address.'),
  scopes: z.string().describe('The claim that lists scopes, as text or as a list.'),
  client: z
    .array(z.string())
    .describe('The claims that may name the client; the first that is there counts.'),
  session: z.string().optional().describe('The claim that names the session.'),
  groups: z
    .string()
    .optional()
    .describe('The claim that lists the groups of a user pool. Absent: the issuer has no user pool.'),
  machine: z.array(sign).describe('Any of these signs shows that the token is about a machine.'),
  recognizesAgents: z
    .boolean()
    .describe('Whether it recognizes agents. Their tokens look like those of people.'),
  twins: z
    .array(z.tuple([z.string(), z.string()]))
    .optional()
    .describe('Two beginnings of addresses that stand for the same issuer.'),
});

/** What the access tokens of an issuer look like. */
export type AccessToken = z.infer<typeof accessTokenSchema>;

const looked = z.object({
  type: z.string().describe('string, bool, int, double, dyn, list(T) or map(T).'),
  kind: z.enum(['authoritative', 'descriptive']).describe('Whether services may grant access on it.'),
  maxItems: z.int().min(0).optional().describe('The longest list.'),
  maxBytes: z.int().min(0).optional().describe('The largest value, in bytes of UTF-8 JSON.'),
  for: z
    .object({ human: carried, machine: carried, agent: carried, delegated: carried })
    .describe('Whether it has a value, for each kind of subject. A token with an actor is delegated.'),
  clients: z.array(z.string()).optional().describe('The clients that it has a value for. Absent: all.'),
  maxAgeSeconds: z.number().min(0).optional().describe('How old it may be when a service relies on it.'),
  ageAtIssueSeconds: z
    .number()
    .min(0)
    .optional()
    .describe(
      'How old it may be when the token is signed: what sources and their caches add, and a minute for clocks; or when it is looked up, without the minute.',
    ),
});

const claim = looked.extend({
  names: z.record(z.string(), z.string()).describe('Its name in the tokens of each issuer.'),
});

type Fields = { readonly [field: string]: string | Fields };
const fields: z.ZodType<Fields> = z.record(z.string(), z.union([z.string(), z.lazy(() => fields)]));

/** The content of `contract.json`. */
export const contractSchema = z.object({
  version: z.literal(contractVersion),
  policy: z.object({
    name: policyName,
    revision: z.string().describe('The revision that this contract is of, such as shop@607b0ee0.'),
  }),
  marker: z
    .object({
      claim: z.string(),
      unenriched: z.string().describe('Its value in tokens that the policy has not seen.'),
    })
    .optional()
    .describe('The policy marker. Absent: the spec has none.'),
  fingerprint: z
    .string()
    .optional()
    .describe(
      'Tells contracts apart whose types differ: those that claimsmith types writes have the same one.',
    ),
  apis: z
    .record(
      z.string(),
      z.object({
        issuers: z.array(z.string()),
        claims: z.record(z.string(), claim),
        lookups: z
          .record(z.string(), looked)
          .optional()
          .describe('Claims that no token carries, because services look them up. Absent: none.'),
        fresh: z
          .array(z.string())
          .optional()
          .describe('Claims of tokens that services can look up again. Absent: none.'),
        scopes: z.array(z.string()).describe('The scopes that the policy decides on.'),
        authorizationDetails: z.record(z.string(), fields).describe('By type (RFC 9396), the fields.'),
      }),
    )
    .describe('By audience; * stands for all that are not named.'),
  issuers: z.record(z.string(), accessTokenSchema.extend({ title: z.string() })),
});

/** What services may rely on in tokens. */
export type Contract = z.infer<typeof contractSchema>;
/** A claim of a contract. */
export type ContractClaim = z.infer<typeof claim>;
/** A claim of a contract that is looked up. */
export type ContractLookup = z.infer<typeof looked>;
