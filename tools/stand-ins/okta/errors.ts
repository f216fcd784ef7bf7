import { randomBytes } from 'node:crypto';
import type { StandInAnswer } from '../server.ts';

/** An answer that ends the handling of a request. */
export class Refusal extends Error {
  readonly answer: StandInAnswer;

  constructor(
    status: number,
    errorCode: string,
    errorSummary: string,
    causes: readonly string[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(errorSummary);
    const body = {
      errorCode,
      errorSummary,
      errorLink: errorCode,
      errorId: `oae${randomBytes(12).toString('base64url')}`,
      errorCauses: causes.map((cause) => ({ errorSummary: cause })),
    };
    this.answer = { status, body, headers };
  }
}

/** The request is not as the API wants it. */
export function invalid(what: string, ...causes: readonly string[]): Refusal {
  return new Refusal(400, 'E0000001', `Api validation failed: ${what}`, causes);
}

export function notFound(id: string, kind: string): Refusal {
  return new Refusal(404, 'E0000007', `Not found: Resource not found: ${id} (${kind})`);
}
