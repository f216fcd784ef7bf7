import { z } from 'zod';

/** What may stand under `issuers.toy` of a spec. */
export const settings = z.strictObject({}).describe('Toy: an issuer of tests.');
