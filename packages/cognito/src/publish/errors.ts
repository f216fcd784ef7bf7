import { TargetError } from '@claimsmith/core';

/** What a request was for, to say what went wrong. */
export interface Purpose {
  readonly kind: 'read' | 'write';
  /** The permission that it needs: `lambda:UpdateAlias`. */
  readonly permission: string;
  readonly region: string;
}

/** Failures of a connection after which the request was certainly not sent. */
const neverSent: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
];

/** Names of the errors by which AWS says that it does not know who asks. */
const unknownCaller: readonly string[] = [
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
];

/**
 * What a failed request means. Errors of the SDK hold the whole answer, so nothing of it is passed on but the name of the
 * exception, which AWS documents, and it does not become the cause.
 */
export function targetError(error: unknown, { kind, permission, region }: Purpose): TargetError {
  if (error instanceof TargetError) return error;
  const { name, status, retryAfterMs, text } = readError(error);
  const isUncertain = kind === 'write';
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return withoutCredentials();
  if (unknownCaller.includes(name)) {
    return new TargetError('unauthorized', 'AWS refuses the credentials; they are wrong, or have expired');
  }
  if (text.includes('cannot be assumed by Lambda')) {
    const message =
      'Lambda may not use the role: its trust policy must name lambda.amazonaws.com. If the role was just created, apply again in a minute';
    return new TargetError('refused', message);
  }
  if (/^AccessDenied(?:Exception)?$|^UnauthorizedOperation$|^NotAuthorized$/.test(name) || status === 403) {
    return new TargetError('forbidden', `the credential lacks the permission ${permission}`);
  }
  if (/^ResourceNotFound(?:Exception)?$/.test(name) || status === 404) {
    return new TargetError('not_found', `${region} of this account does not have it`);
  }
  if (/Throttl|TooManyRequests|RequestLimitExceeded/.test(name) || status === 429) {
    const options = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new TargetError('limited', 'AWS limits requests', options);
  }
  if (name === 'PreconditionFailedException' || status === 412) {
    return new TargetError('changed', 'somebody else changed it at the same time');
  }
  if (name === 'ResourceConflictException' || name === 'ConcurrentModificationException' || status === 409) {
    return new TargetError(
      'changed',
      'it is there already, or somebody else is changing it at the same time',
    );
  }
  if (status === undefined) return disconnected(error, isUncertain, region);
  if (status >= 500) {
    return new TargetError('unreachable', `AWS is out of order (${status})`, { isUncertain });
  }
  if (status < 400) {
    return new TargetError('unreachable', 'AWS answers in a form that is not known', { isUncertain });
  }
  return new TargetError(
    'refused',
    `AWS refuses it: ${/^\w{1,80}$/.test(name) ? name : 'an error'} (${status})`,
  );
}

function withoutCredentials(): TargetError {
  return new TargetError(
    'settings',
    'there are no credentials for AWS; log in, for example with `aws sso login`, or set AWS_PROFILE',
  );
}

function readError(error: unknown) {
  const found = typeof error === 'object' && error !== null ? error : {};
  const name: unknown = Reflect.get(found, 'name');
  const message: unknown = Reflect.get(found, 'message');
  const metadata: unknown = Reflect.get(found, '$metadata');
  const status: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined;
  return {
    name: typeof name === 'string' ? name : '',
    text: typeof message === 'string' ? message : '',
    status: typeof status === 'number' ? status : undefined,
    retryAfterMs: retryAfterOf(found),
  };
}

function retryAfterOf(error: object): number | undefined {
  const value: unknown = Reflect.get(error, 'retryAfterSeconds');
  const seconds = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function disconnected(error: unknown, isUncertain: boolean, region: string): TargetError {
  const codes = codesIn(error);
  const message = codes.includes('ENOTFOUND')
    ? `AWS has no such service in ${region}; check the id of the user pool`
    : 'AWS cannot be reached';
  return new TargetError('unreachable', message, {
    isUncertain: isUncertain && !codes.some((code) => neverSent.includes(code)),
  });
}

/** The codes of an error and its causes. */
function codesIn(error: unknown): readonly unknown[] {
  const codes: unknown[] = [];
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    if ('code' in at) codes.push(at.code);
    at = at.cause;
  }
  return codes;
}
