/** How Auth0 refuses a request. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, errorCode?: string) {
    super(message);
    this.status = status;
    this.body = {
      statusCode: status,
      error: names[status] ?? 'Error',
      message,
      ...(errorCode === undefined ? {} : { errorCode }),
    };
  }
}

const names: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  412: 'Precondition Failed',
  429: 'Too Many Requests',
};

export const invalid = (message: string): Refusal =>
  new Refusal(400, `Payload validation error: '${message}'`, 'invalid_body');
