import type { SecretReference } from '@claimsmith/core';
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and underscores');

/** Where a secret is kept: `{ env: NAME }`, `{ file: path }`, `{ command: [op, read, …] }`, or `{ value: not-a-secret }`. */
export const secretReference: z.ZodType<SecretReference> = z
  .union([
    z.strictObject({ env: name }),
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ command: z.array(z.string().min(1)).min(1) }),
    z.strictObject({ value: z.string() }),
  ])
  .describe(
    'Where the value is: an environment variable, a file, the output of a command, or the value itself if it is not secret.',
  );
