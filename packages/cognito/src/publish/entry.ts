import { secretReference } from '@claimsmith/deploy';
import { z } from 'zod';

const poolId = /^([a-z]{2}(?:-[a-z]+)+-\d+)_[0-9A-Za-z]+$/;
const loopback = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}\/?$/;

const verify = z
  .strictObject({
    clients: z
      .record(z.string(), z.strictObject({ secret: secretReference.optional() }))
      .optional()
      .describe('App clients that may ask for tokens, by client id, each with where its secret is kept.'),
    users: z
      .record(z.string(), z.strictObject({ password: secretReference }))
      .optional()
      .describe('Test users, by the name that they log in with.'),
  })
  .describe('Who asks for tokens in `claimsmith verify`.');

/** What may stand under `targets.cognito` of an environment. */
export const entrySchema = z
  .strictObject({
    userPoolId: z
      .string()
      .regex(poolId, { error: 'the id of a user pool, such as eu-central-1_abcDEF123' })
      .describe('The user pool, such as eu-central-1_abcDEF123. It names the region, too.'),
    role: z
      .string()
      .regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, { error: 'the ARN of a role, arn:aws:iam::…:role/…' })
      .describe('The ARN of the role that the function runs with. Claimsmith creates no roles.'),
    functionName: z
      .string()
      .regex(/^[\w-]{1,64}$/, { error: 'the name of a function: at most 64 letters, digits, `-` and `_`' })
      .optional()
      .describe(
        'The name of the Lambda function, in the account and the region of the user pool. Default `<policy>-pre-token-generation`.',
      ),
    memoryMb: z
      .int()
      .min(128)
      .max(10_240)
      .default(512)
      .describe('The memory of the function in MB; Lambda gives processor time with it. Default 512.'),
    endpoint: z
      .string()
      .refine((text) => loopback.test(text), { error: 'a server on this machine: http://127.0.0.1:4566' })
      .optional()
      .describe('An emulator of AWS on this machine, in place of AWS.'),
    verify: verify.optional(),
  })
  .describe('A user pool of Amazon Cognito. The credentials are those of the AWS CLI and SDKs.');

export type Entry = z.output<typeof entrySchema>;

/** The region of a user pool. */
export function regionOf({ userPoolId }: Pick<Entry, 'userPoolId'>): string {
  return poolId.exec(userPoolId)?.[1] ?? '';
}
