import { z } from 'zod';

/*
 * Answers of Lambda, as far as we read them. Unknown fields pass.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
 */

export const functionConfiguration = z.looseObject({
  FunctionArn: z.string(),
  CodeSha256: z.string(),
  RevisionId: z.string().optional(),
  Version: z.string().default('$LATEST'),
  Description: z.string().default(''),
  Runtime: z.string().default(''),
  Handler: z.string().default(''),
  Role: z.string().default(''),
  MemorySize: z.number().default(128),
  Timeout: z.number().default(3),
  Environment: z
    .looseObject({
      Variables: z.record(z.string(), z.string()).optional(),
      /** Who asks may not decrypt the variables. */
      Error: z.looseObject({}).optional(),
    })
    .optional(),
  State: z.string().optional(),
  LastUpdateStatus: z.string().optional(),
});
export type FunctionConfiguration = z.output<typeof functionConfiguration>;

export const alias = z.looseObject({
  FunctionVersion: z.string(),
  RevisionId: z.string().optional(),
  RoutingConfig: z
    .looseObject({ AdditionalVersionWeights: z.record(z.string(), z.number()).optional() })
    .optional(),
});
export type Alias = z.output<typeof alias>;

export const publishedVersion = z.looseObject({ Version: z.string(), CodeSha256: z.string() });

export const policyAnswer = z.looseObject({ Policy: z.string() });

const texts = z.union([z.string(), z.array(z.string())]);

/** A statement of a resource policy. */
export const statement = z.looseObject({
  Sid: z.string().optional(),
  Effect: z.string().optional(),
  Principal: z.union([z.string(), z.looseObject({ Service: texts.optional() })]).optional(),
  Action: texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), texts)).optional(),
});
export type Statement = z.output<typeof statement>;
export const policyDocument = z.looseObject({ Statement: z.array(statement).default([]) });

/** A user pool, as it is in JSON: it is written back, so nothing of it may be lost. */
export const userPool = z.looseObject({
  Id: z.string(),
  Arn: z.string(),
  Name: z.string(),
  UserPoolTier: z.string().optional(),
  Domain: z.string().nullish(),
  CustomDomain: z.string().nullish(),
  LambdaConfig: z
    .looseObject({
      PreTokenGeneration: z.string().optional(),
      PreTokenGenerationConfig: z
        .looseObject({ LambdaArn: z.string(), LambdaVersion: z.string() })
        .optional(),
    })
    .optional(),
});
export type UserPool = z.output<typeof userPool>;
export const userPoolAnswer = z.looseObject({ UserPool: userPool });
