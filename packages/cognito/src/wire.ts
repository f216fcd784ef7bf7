import { z } from 'zod';

/** `manifest.json`, which says how to deploy the function beside it. */
export const manifest = z.strictObject({
  policy: z.string(),
  revision: z.string().regex(/^[0-9a-f]{8}$/),
  /** `claimsmith <version>` */
  generator: z.string(),
  function: z.strictObject({
    name: z.string(),
    /** Beside the manifest. */
    file: z.string(),
    handler: z.string(),
    runtime: z.enum(['nodejs22.x', 'nodejs24.x']),
    timeoutSeconds: z.int().positive(),
    bytes: z.int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Names of the environment variables to set. Values never come near a manifest. */
    settings: z.array(z.string()),
  }),
  /** The user pool's `LambdaConfig.PreTokenGenerationConfig`. */
  trigger: z.strictObject({ lambdaVersion: z.enum(['V1_0', 'V2_0', 'V3_0']) }),
  /** The app clients. */
  clients: z.strictObject({
    /** Their `AccessTokenValidity`; absent if the spec does not set one. */
    accessTokenLifetimeSeconds: z.int().positive().optional(),
  }),
});
export type Manifest = z.output<typeof manifest>;

/** AWS's own samples, aws-lambda-go and emulators have null, {} and [] for parts that they do not fill. */
const part = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (Array.isArray(value) && value.length === 0 ? {} : value), schema).nullish();
const texts = z.record(z.string(), z.string());

/**
 * An event of the trigger, as far as we read it. Unknown fields pass.
 *
 * @example { "version": "2", "triggerSource": "TokenGeneration_HostedAuth", "userName": "ada", "callerContext": { "clientId": "c" }, "request": { "userAttributes": { "sub": "1" }, "groupConfiguration": { "groupsToOverride": [] }, "scopes": ["openid"] } }
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const triggerEvent = z.looseObject({
  version: z.string(),
  triggerSource: z.string(),
  userPoolId: z.string().nullish(),
  userName: z.string().nullish(),
  callerContext: part(z.looseObject({ clientId: z.string().nullish() })),
  request: z.looseObject({
    userAttributes: part(texts),
    groupConfiguration: part(
      z.looseObject({
        groupsToOverride: z.array(z.string()).nullish(),
        iamRolesToOverride: z.array(z.string()).nullish(),
        preferredRole: z.union([z.string(), z.array(z.string())]).nullish(),
      }),
    ),
    scopes: z.array(z.string()).nullish(),
    clientMetadata: part(texts),
  }),
  response: z.unknown().optional(),
});
export type TriggerEvent = z.output<typeof triggerEvent>;
