import { z } from 'zod';
import type { Path } from '../finding.ts';
import { profiles } from '../rules/profiles.ts';
import { tokenNames } from '../tokens.ts';
import { type Duration, parseDuration, parseSize, type Size } from './units.ts';

const aName =
  'a name of lower-case letters, digits and hyphens that begins with a letter, 40 characters at most';
const aReason =
  'a word of lower-case letters, digits, underscores and hyphens that begins with a letter, 64 characters at most';
const aFreeName = 'a name without white space, control or invisible characters, 256 characters at most';
const aNewName = 'a name that not every JavaScript object has something under';
const anIdentifier =
  'a name that expressions can say: letters, digits and underscores, not beginning with a digit, no word of CEL';
/** The name of a policy. Generated code has it in a comment. */
export const policyName = z.string(aName).regex(/^[a-z][a-z0-9-]{0,39}$/, aName);
/** The type that an expression must have, for messages. */
export const aCelExpression = 'a CEL expression, written as text';

// The error texts here complete the sentence "`timeout` must be …"; one that begins with a capital stands alone.

/** The message for a value that must be a mapping; its keys have separate messages. */
function insteadOfMapping(text: string) {
  return { error: (issue: { readonly code: string }) => (issue.code === 'invalid_type' ? text : undefined) };
}

/** Text with a pattern. For authors its type is `Text`, which expresses as much of the pattern as a type can. */
function textLike<Text extends string>(pattern: RegExp, error: string): z.ZodType<Text, Text>;
function textLike(pattern: RegExp, error: string): z.ZodType {
  return z.string(error).regex(pattern, error);
}

/**
 * A name for tokens, tables, logs and terminals: no invisible characters, and no characters that change the order of
 * text.
 */
const name = z
  .string(aFreeName)
  .regex(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it refuses.
    /^[^\s\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]{1,256}$/u,
    aFreeName,
  )
  .refine((text) => !(text in {}), aNewName);

/** A name at the root of expressions. */
const identifier = z
  .string(anIdentifier)
  .regex(
    /^(?!(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$)[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    anIdentifier,
  );

/** A CEL expression; core compiles it later, with positions. */
const expression = z
  .string(aCelExpression)
  .min(1, aCelExpression)
  .describe('A CEL expression over the identity context.');

const aDuration = 'a duration such as 400ms, 60s, 15m, 8h or 1d';
const duration = textLike<Duration>(/^(0|[1-9]\d*)(ms|s|m|h|d)$/, aDuration)
  .transform(parseDuration)
  .describe('A duration: 400ms, 60s, 15m, 8h, 1d.');

const aLifetime = 'a duration of whole seconds, such as 300s or 10m';
const lifetime = textLike<Duration>(/^[1-9]\d*(000ms|s|m|h|d)$/, aLifetime)
  .transform(parseDuration)
  .describe('A duration of whole seconds: 300s, 10m, 1h.');

const aTimeout = 'a duration above zero, such as 400ms or 1s';
const timeout = () => textLike<Duration>(/^[1-9]\d*(ms|s|m|h|d)$/, aTimeout).transform(parseDuration);

const aHeaderName = 'a name of an HTTP header';
const aHeaderValue = 'text of printable ASCII characters, at most 4,096';
const headers = () =>
  z.record(
    z.string(aHeaderName).regex(/^[\w!#$%&'*+.^`|~-]{1,256}$/, aHeaderName),
    z.string(aHeaderValue).regex(/^[ -~]{0,4096}$/, aHeaderValue),
  );

const aSize = 'a size in bytes such as 256, 256B or 4kB';
const size = z
  .union([z.int().positive(aSize), textLike<Size & string>(/^[1-9]\d*(B|kB)$/, aSize)], aSize)
  .transform(parseSize)
  .describe('A size in bytes: 256, 256B, 4kB.');

const scalarTypes = ['string', 'bool', 'int', 'double', 'dyn'] as const;
const maxTypeDepth = 5;
const aType = `a type: ${scalarTypes.join(', ')}, list(T), map(T), enum(a, b), json(T), a mapping of field names to types, or \`[T]\`, a list of T`;
const aListOfTexts = '`list(string)`, because each of several roles may have values';
const typeText = textLike<TypeName>(typePattern(), aType).describe(
  `A type: ${scalarTypes.join(', ')}, list(T), or map(T) with string keys; nested at most ${maxTypeDepth} deep. enum(free, gold): one of these texts. json(T): text that holds JSON of T.`,
);

/** A pattern cannot count parentheses, so each level is written out, up to a small depth. */
function typePattern(): RegExp {
  const scalar = scalarTypes.join('|');
  let type = `(?:${scalar})`;
  for (let depth = 0; depth < maxTypeDepth; depth++) type = `(?:${scalar}|(?:list|map)\\(${type}\\))`;
  const value = '[\\w.:/@+-]{1,64}';
  return new RegExp(`^(?:${type}|enum\\(${value}(?: ?[,|] ?${value}){0,63}\\)|json\\(${type}\\))$`);
}

type TypeName = (typeof scalarTypes)[number] | `${'list' | 'map' | 'enum' | 'json'}(${string})`;
/** A declared type: text, a mapping of field names to types for an object, or one type in brackets for a list. */
export type TypeText = TypeName | readonly [TypeText] | { readonly [field: string]: TypeText };
const type: z.ZodType<TypeText, TypeText> = z.lazy(() =>
  z.union([typeText, z.tuple([type]), z.record(name, type)], aType),
);

/** A user attribute: its type, or its type and where issuers keep it. */
export type DeclaredAttribute = TypeText | PlacedAttribute;
interface PlacedAttribute {
  readonly type: TypeText;
  readonly in: Readonly<Record<string, string | undefined>>;
}

/** Whether the spec says where issuers keep the attribute. No object has both of these fields. */
export function isPlaced(attribute: DeclaredAttribute): attribute is PlacedAttribute {
  return typeof attribute === 'object' && Object.hasOwn(attribute, 'type') && Object.hasOwn(attribute, 'in');
}

const aPlace = 'text without white space, 256 characters at most';

function attribute(issuers: readonly string[]): z.ZodType<DeclaredAttribute, DeclaredAttribute> {
  const place = z
    .string(aPlace)
    .regex(/^\S{1,256}$/, aPlace)
    .optional();
  const placed = z.strictObject({
    type,
    in: z
      .strictObject(
        Object.fromEntries(issuers.map((issuer) => [issuer, place])),
        insteadOfMapping('a mapping such as `{ auth0: app_metadata }`'),
      )
      .describe('Where each issuer keeps it, in the words of that issuer.'),
  });
  return z.union(
    [placed, type.refine((declared) => !isPlaced(declared), { error: aType, abort: true })],
    aType,
  );
}

/** The types that a parameter can have. */
export const parameterTypes = ['string', 'bool', 'int', 'double', 'list(string)'] as const;
export type ParameterType = (typeof parameterTypes)[number];
const aParameterType = `a type: ${parameterTypes.join(', ')}`;
/** The value of a parameter. */
export type ParameterValue = string | number | boolean | readonly string[];
const aParameterValue = 'text, a number, `true`, `false` or a list of texts';
const parameterValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], aParameterValue);
const parameterType = z.enum(parameterTypes, aParameterType);

const literal: z.ZodType<Literal, Literal> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(literal), z.record(z.string(), literal)]),
);
/** The value of a constant, a default or a table. Without null, because a claim that is null is missing. */
export type Literal = string | number | boolean | readonly Literal[] | { readonly [key: string]: Literal };

const parameter = () =>
  z
    .union(
      [parameterType, z.strictObject({ type: parameterType, default: parameterValue.optional() })],
      `${aParameterType}, or a mapping such as \`{ type: string, default: eu }\``,
    )
    .describe('Its type, or its type and the value where none is given.');

const aSetting = `a setting: \${AUDIT_KEY}`;
const aRegion = 'a region such as eu-central-1, or a setting';
const region = () =>
  z
    .string(aRegion)
    .regex(/^([a-z0-9-]{1,32}|\$\{[^}]{1,128}\})$/, aRegion)
    .describe(`The region, eu-central-1; \${NAME} is a setting.`);
const aLine = 'text of printable ASCII characters, at most 1,024';
const line = () => z.string(aLine).regex(/^[!-~]{1,1024}$/, aLine);

const aScope = 'text of printable ASCII characters, at most 1,024';
const scopeText = () => z.string(aScope).regex(/^[ -~]{1,1024}$/, aScope);

const oauth2 = () =>
  z
    .strictObject({
      tokenUrl: line().describe(`The address of the token endpoint; \${NAME} is a setting.`),
      clientId: line().describe(`The client's id; \${NAME} is a setting.`),
      clientSecret: line().describe(`The client's secret, as a setting: \${NAME}.`),
      scope: scopeText().optional().describe('The scopes to ask for, with spaces between them.'),
      audience: line().optional().describe(`The API that the token is for; \${NAME} is a setting.`),
      credentialsIn: z
        .enum(['header', 'body'])
        .optional()
        .describe('Where the id and the secret are sent. Default header: HTTP Basic.'),
    })
    .describe('An access token by client credentials (OAuth 2.0).');

const aService = "AWS's name of a service, such as execute-api";
const aws = () =>
  z
    .strictObject({
      region: region(),
      service: z
        .string(aService)
        .regex(/^[a-z0-9-]{1,64}$/, aService)
        .describe(
          'The service that is asked: execute-api for an API Gateway, lambda for the address of a function.',
        ),
    })
    .describe('A signature with the AWS credentials of the machine (Signature Version 4).');

const anAuth = 'either `oauth2` or `aws`';

/** A part of a request's body. A text is an expression; numbers and truth values are themselves. */
export type BodySpec = string | number | boolean | readonly BodySpec[] | { readonly [key: string]: BodySpec };
const aBodyPart = 'an expression, a number, a truth value, or a list or mapping of them';
const bodyPart: z.ZodType<BodySpec, BodySpec> = z.lazy(() =>
  z.union(
    [expression, z.number(), z.boolean(), z.array(bodyPart), z.record(z.string(), bodyPart)],
    aBodyPart,
  ),
);

const aNote = 'a name of a note that is not a credential, such as a token';
/** A session may also keep what the user has logged in with elsewhere. */
const note = name.refine(
  (text) => !/token|secret|password|credential|assertion|code_verifier|^code$/i.test(text),
  aNote,
);

const httpSource = () =>
  z
    .strictObject({
      url: z
        .string()
        .min(1)
        .max(4_096)
        .describe(`The address; {expression} is filled in and escaped, \${NAME} is a setting.`),
      method: z.enum(['GET', 'POST']).optional().describe('The method of the request. Default GET.'),
      body: z
        .record(z.string(), bodyPart, insteadOfMapping('a mapping of names to expressions'))
        .optional()
        .describe(
          'The body of a POST, sent as JSON. Each text is an expression; numbers and truth values are themselves.',
        ),
      headers: headers().optional().describe(`Request headers; \${NAME} is a setting.`),
      auth: z
        .strictObject(
          { oauth2: oauth2().optional(), aws: aws().optional() },
          insteadOfMapping('a mapping such as `{ oauth2: … }`'),
        )
        .refine((auth) => Object.keys(auth).length === 1, anAuth)
        .optional()
        .describe('How the request proves who asks.'),
      private: z
        .boolean()
        .optional()
        .describe('Whether the host may be on a private network. Default false.'),
    })
    .describe('An HTTP request that answers with JSON.');

const aParameter = 'a name of letters, digits and underscores that does not begin with a digit';
const parameterName = () => z.string(aParameter).regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, aParameter);

const sqlSource = () =>
  z
    .strictObject({
      connection: z
        .string()
        .min(1)
        .max(4_096)
        .describe(`The database, sqlite:…, postgres://… or mysql://…; usually a setting, \${NAME}.`),
      query: z.string().min(1).max(16_384).describe('One statement; :name stands for a parameter.'),
      params: z
        .record(parameterName(), expression)
        .optional()
        .describe('The parameters of the query, each an expression: text, a number or a truth value.'),
      rows: z
        .enum(['one', 'many'])
        .optional()
        .describe(
          'one: a second row is a failure. many: expressions read the list <name>.rows. Default one.',
        ),
    })
    .describe('A query of a database, its parameters bound.');

const dynamodbSource = () =>
  z
    .strictObject({
      table: line().describe(`The name of the table; \${NAME} is a setting.`),
      key: z
        .record(name, expression)
        .describe('The primary key: its one or two attributes, each an expression: text or a number.'),
      region: region(),
      endpoint: line().optional().describe("Where it is asked. Default: AWS's own for the region."),
      consistent: z.boolean().optional().describe('Whether reads are strongly consistent. Default true.'),
    })
    .describe('One item of a DynamoDB table, by its primary key.');

const anAnswer = 'a mapping of field names to types, or one in brackets for an answer that is a list';
/** Made when a spec has sources: most have none, and to make a schema takes longer than to read a spec with it. */
const anySource = z.lazy(() =>
  z.strictObject({
    http: httpSource().optional(),
    sql: sqlSource().optional(),
    dynamodb: dynamodbSource().optional(),
    each: z
      .record(identifier, expression, insteadOfMapping('a mapping such as `{ team: user.attributes.teams }`'))
      .optional()
      .describe('Asks once for each element of a list: its name in the question, and the list.'),
    maxItems: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .describe('The longest list of `each`, at most 10; a longer one is a failure.'),
    when: expression
      .optional()
      .describe('The source is asked only where this is true. Where it is false, its fields have no value.'),
    returns: z
      .union([z.tuple([z.record(name, type)]), z.record(name, type)], anAnswer)
      .describe(
        'The fields of the answer that may be read, each with its type. In brackets, `[{ role: string }]`: the answer is a list of them, which expressions read as `<name>.items`.',
      ),
    timeout: timeout().optional().describe('For one attempt. Default 1s.'),
    retries: z
      .int()
      .min(0)
      .max(5)
      .optional()
      .describe('Further attempts after a temporary failure. Default 0.'),
    cache: duration.optional().describe('How long an answer may be used again. Default 0s: not at all.'),
    stale: duration
      .optional()
      .describe(
        'How long after `cache` an answer may still be used while the source fails. Default 0s: not at all.',
      ),
    lag: duration.optional().describe('How old the data of the source itself may be. Default 0s.'),
    limit: size.optional().describe('The largest accepted answer. Default 64kB.'),
    owner: z.string().optional(),
  }),
);

const subjectKinds = ['human', 'machine', 'agent'] as const;
const aKind = `a kind of subject: ${subjectKinds.join(', ')}, or one that \`subjects\` declares`;
const subjectList = z
  .array(z.union([z.enum(subjectKinds), identifier], aKind))
  .min(1, 'a list of at least one kind of subject')
  .describe(
    'The subjects that it is for: human, machine, agent, or kinds that `subjects` declares. Default: for everybody; if it reads what only people have, a claim is for people, and a deny rule is for everybody who has a user.',
  );

const delegated = z
  .boolean()
  .optional()
  .describe(
    'Whether it is also for delegated tokens: those with an `actor`, who acts for the subject. Default: true for descriptive claims, false for authoritative claims, scopes and details, unless they read `actor` themselves.',
  );

const claimShape = {
  value: expression.optional(),
  const: literal.optional().describe('A constant instead of an expression.'),
  kind: z
    .enum(['authoritative', 'descriptive'])
    .describe('authoritative: services may grant access on it. descriptive: they must not.'),
  resolve: z
    .enum(['issuance', 'request'])
    .optional()
    .describe(
      'When its value is found. issuance: with the token, which carries it. request: when a service decides; no token carries it. Default issuance.',
    ),
  tokens: z
    .array(z.enum(tokenNames))
    .min(1)
    .optional()
    .describe('access, id, and userinfo: the answer of the userinfo endpoint. Default [access].'),
  subjects: subjectList.optional(),
  when: expression.optional().describe('Emit the claim only where this is true.'),
  delegated,
  onMissing: z
    .union([
      z.enum(['deny', 'omit']),
      z.strictObject({ default: literal }, insteadOfMapping('`{ default: … }`')),
    ])
    .optional()
    .describe(
      'What happens if the value is missing: absent, null, of a wrong type, over a bound, or behind a failed source. Default: deny for authoritative, omit for descriptive.',
    ),
  audiences: z.array(z.string().min(1)).min(1).optional().describe('Emit only for these audiences.'),
  clients: z.array(z.string().min(1)).min(1).optional().describe('Emit only for these clients, by id.'),
  maxAge: duration.optional().describe('How old the value may be when a service relies on it.'),
  maxItems: z.int().positive().optional().describe('The longest list; a longer one counts as missing.'),
  maxBytes: size.optional().describe('The largest value, as UTF-8 JSON; a larger one counts as missing.'),
  owner: z.string().optional(),
  consumers: z.array(z.string()).optional(),
  purpose: z.string().optional(),
  reviewBy: z.iso.date('a date such as 2027-01-31').optional(),
};

const aMessage =
  'text of at most 256 printable ASCII characters without quotes and backslashes, as OAuth allows in `error_description`';

const ruleShape = {
  when: expression,
  subjects: subjectList.optional(),
  reason: z
    .string(aReason)
    .regex(/^[a-z][a-z0-9_-]{0,63}$/, aReason)
    .describe('A constant word, which the client sees.'),
  message: z
    .string(aMessage)
    .regex(/^[ !#-[\]-~]{1,256}$/, aMessage)
    .optional()
    .describe('A constant text that the client sees instead of the reason. Default: the reason.'),
};

const challenge = () =>
  z.strictObject(
    {
      ...ruleShape,
      when: expression.describe('While this is true, the login gets no token.'),
      with: z.enum(['mfa'], '`mfa`').describe('What the user is asked for. mfa: another factor.'),
      reason: ruleShape.reason.describe('The reason where the token is denied instead: a constant word.'),
      enroll: z
        .boolean()
        .optional()
        .describe('Whether a user who has no factor may set one up during the login. Default false.'),
    },
    insteadOfMapping('a mapping such as `{ when: …, with: mfa, reason: step_up_required }`'),
  );

const scope = () =>
  z.strictObject(
    {
      grant: expression.optional().describe('A requested scope stays only if this is true.'),
      subjects: z
        .record(identifier, expression)
        .optional()
        .describe(
          'A grant for each kind of subject: human, machine, agent, or one that `subjects` declares. Other kinds use `grant`, or do not get the scope.',
        ),
      delegated,
      add: z
        .boolean()
        .optional()
        .describe('Also add the scope when the client did not ask for it. Default false.'),
    },
    insteadOfMapping('a mapping such as `{ grant: … }`'),
  );

// TE606 reports missing keys, with everything that an acceptance needs.
const acceptance = () =>
  z.strictObject(
    {
      rule: z.string().optional().describe('The rule of the findings: TE210.'),
      at: z
        .string()
        .optional()
        .describe(
          'The part of the spec that they are about: claims.roles, deny.<reason>, issuers.okta, or issuers.okta.claims.roles for that claim at Okta only.',
        ),
      because: z.string().optional().describe('Why they are accepted.'),
      owner: z.string().optional().describe('Who owns the acceptance.'),
      until: z.iso
        .date('a date such as 2027-01-31')
        .optional()
        .describe('The last day of the acceptance: at most 180 days ahead, 30 for errors of safety rules.'),
    },
    insteadOfMapping('a mapping such as `{ rule: …, at: …, because: …, owner: …, until: … }`'),
  );

/** Whether a schema has an expression at a path. The body of a request has texts, which become expressions later. */
export function isExpressionAt(schema: z.ZodType, path: Path): boolean {
  const [step, ...rest] = path;
  if (schema === expression) return step === undefined;
  if (schema === bodyPart) return false;
  const parts: readonly unknown[] =
    schema instanceof z.ZodOptional || schema instanceof z.ZodLazy
      ? [schema.unwrap()]
      : schema instanceof z.ZodUnion
        ? schema.options
        : [];
  if (parts.some((part) => part instanceof z.ZodType && isExpressionAt(part, path))) return true;
  if (step === undefined) return false;
  const below: unknown =
    schema instanceof z.ZodObject
      ? Object.hasOwn(schema.shape, step) && schema.shape[step]
      : schema instanceof z.ZodRecord
        ? schema.valueType
        : schema instanceof z.ZodArray
          ? schema.element
          : undefined;
  return below instanceof z.ZodType && isExpressionAt(below, rest);
}

/** The shape of a spec, given what each registered issuer accepts under `issuers`. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of keys
export function specSchema(issuers: Readonly<Record<string, z.ZodType>>) {
  const names: Readonly<Record<string, typeof name>> = Object.fromEntries(
    Object.keys(issuers).map((issuer) => [issuer, name]),
  );
  const as = z
    .strictObject(optional(names), insteadOfMapping('a mapping such as `{ auth0: … }`'))
    .optional()
    .describe('The name at one issuer, if it must differ.');
  const claim = z.strictObject(
    { ...claimShape, as },
    insteadOfMapping('a mapping with a `value` and a `kind`'),
  );
  return z
    .strictObject({
      $schema: z.string().optional(),
      version: z.literal(1).describe('The version of this language.'),
      name: policyName.describe(
        'The name of the policy: lower-case letters, digits and hyphens, at most 40 characters.',
      ),
      owner: z.string().optional(),
      params: z
        .record(identifier, z.lazy(parameter))
        .optional()
        .describe(
          `Values that a build fixes: params.region in expressions, \${params.region} in texts. --set or an environment gives them.`,
        ),
      namespace: z
        .string()
        .regex(
          /^(https?:\/\/[^/?#\s]+\/(\S*[/#:])?|urn:\S+:)$/,
          'A namespace is a URL or URN that ends where the name begins: `https://acme.example/`.',
        )
        .optional()
        .describe('Prefix for claim names that an issuer refuses without one.'),
      marker: z
        .union([z.literal(false), name], 'the name of a claim, or `false` for no marker')
        .optional()
        .describe('The name of the policy marker, the claim that holds the revision. Default policy.'),
      audit: z
        .strictObject(
          {
            key: z
              .string(aSetting)
              .regex(/^\$\{[A-Z][A-Z0-9_]{0,127}\}$/, aSetting)
              .describe(
                `The key with which audit records name subjects, a setting of 32 or more characters: \${AUDIT_KEY}. Without it, they name no subjects.`,
              ),
          },
          insteadOfMapping(`a mapping such as \`{ key: "\${AUDIT_KEY}" }\``),
        )
        .optional()
        .describe('What every issuance leaves in the log or audit of its issuer.'),
      lifetime: z
        .strictObject(
          { access: lifetime.optional() },
          insteadOfMapping('a mapping such as `{ access: 10m }`'),
        )
        .optional(),
      user: z
        .strictObject({
          attributes: z.record(name, attribute(Object.keys(issuers))).optional(),
          identities: z
            .strictObject(
              { attributes: z.record(name, type) },
              insteadOfMapping('a mapping such as `{ attributes: { … } }`'),
            )
            .optional(),
          roleAttributes: z.record(name, z.literal('list(string)', aListOfTexts)).optional(),
        })
        .optional(),
      org: z.strictObject({ metadata: z.record(name, type).optional() }).optional(),
      client: z.strictObject({ metadata: z.record(name, type).optional() }).optional(),
      session: z
        .strictObject(
          { notes: z.record(note, type) },
          insteadOfMapping('a mapping such as `{ notes: { … } }`'),
        )
        .optional(),
      tables: z.record(identifier, z.record(z.string(), literal)).optional().describe('Small constant maps.'),
      sources: z
        .record(identifier, anySource)
        .optional()
        .describe('Services and databases that are asked when a token is issued.'),
      claims: z.record(name, claim, insteadOfMapping('a mapping of names to claims')),
      subjects: z
        .record(identifier, expression)
        .optional()
        .describe(
          'More kinds of subject than human, machine and agent, for use in grants. The first that is true is the kind.',
        ),
      scopes: z.record(z.string(), z.lazy(scope)).optional(),
      authorizationDetails: z
        .record(name, z.strictObject({ fields: z.record(name, type), grant: expression, delegated }))
        .optional()
        .describe('RFC 9396 types that may be granted.'),
      deny: z
        .array(z.strictObject(ruleShape, insteadOfMapping('a mapping such as `{ when: …, reason: … }`')))
        .optional(),
      challenge: z
        .array(z.lazy(challenge))
        .optional()
        .describe(
          'Further proof that a login needs before it gets a token. Where an issuer cannot ask for it, the token is denied.',
        ),
      applies: expression
        .optional()
        .describe(
          'For which tokens the policy is: where this is false, a token is left as it was. If it fails, the token is denied. Default: for all.',
        ),
      issuers: z.strictObject(optional(issuers)).optional(),
      cedar: z
        .strictObject(
          {
            groups: z
              .string()
              .optional()
              .describe(
                'The claim that names the groups of a principal. A user pool of Cognito has groups of its own. Default: none.',
              ),
            prefixes: z
              .strictObject(
                Object.fromEntries(
                  Object.keys(issuers).map((issuer) => [issuer, z.string().min(1).max(100).optional()]),
                ),
                insteadOfMapping('a mapping such as `{ auth0: acme }`'),
              )
              .optional()
              .describe(
                'What the ids of principals and groups of an issuer begin with: the id of the user pool, or the `entityIdPrefix` of the identity source. Default: the id of the issuer.',
              ),
            decimals: z
              .array(z.string())
              .optional()
              .describe(
                'Claims of texts such as "12.50" that Cedar reads as `decimal`: 1 to 4 digits after the point.',
              ),
          },
          insteadOfMapping('a mapping, at least `{}`'),
        )
        .optional()
        .describe(
          'Cedar decides with the access tokens, by the schema and the policies in the folder `cedar` beside the spec. See decide-with-cedar.md.',
        ),
      profiles: z
        .array(z.enum(profiles))
        .optional()
        .describe('More rules for `check`. auditor: owners, consumers, reviews. pedantic: names and sizes.'),
      accept: z
        .array(z.lazy(acceptance))
        .optional()
        .describe('Findings that are accepted for a while: `check` and `build` succeed with them.'),
    })
    .describe('A Claimsmith enrichment spec.');
}

function optional<T extends z.ZodType>(shape: Readonly<Record<string, T>>): Record<string, z.ZodOptional<T>> {
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, value.optional()]));
}

/** A spec as parsed: durations in milliseconds, sizes in bytes, defaults not yet filled in. */
export type Spec = z.output<ReturnType<typeof specSchema>>;
/** One claim of a spec. */
export type ClaimSpec = Spec['claims'][string];
/** One source of a spec. */
export type SourceSpec = NonNullable<Spec['sources']>[string];

type AnySpec = z.input<ReturnType<typeof specSchema>>;
type AnyClaim = AnySpec['claims'][string];
/** A spec as an author writes it, where these issuers are known by their ids. */
export interface SpecInput<Issuers extends Readonly<Record<string, z.ZodType>>>
  extends Omit<AnySpec, 'claims' | 'issuers'> {
  readonly claims: Readonly<Record<string, ClaimInput<keyof Issuers>>>;
  readonly issuers?: { readonly [Id in keyof Issuers]?: z.input<Issuers[Id]> };
}
interface ClaimInput<Id extends PropertyKey> extends Omit<AnyClaim, 'as'> {
  readonly as?: { readonly [I in Id]?: string };
}
