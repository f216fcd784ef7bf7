import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { SignatureV4, SignatureV4Init } from '@smithy/signature-v4';
import { fill, type Setting } from '../fill.ts';
import { requireCredentials } from './aws-credentials.ts';
import type { HttpRequest } from './http-request.ts';
import { lazy } from './lazy.ts';
import { load } from './load.ts';
import type { AwsService } from './source.ts';

const signaturePackage = '@smithy/signature-v4';
const credentialsPackage = '@aws-sdk/credential-provider-node';

/** Finds AWS credentials. */
export type FindCredentials = Extract<SignatureV4Init['credentials'], (...given: never) => unknown>;

/** Signs requests to a service of AWS. */
export interface AwsSigner {
  /** @throws SourceError if a package is not installed, or if there are no credentials */
  readonly ready: () => Promise<void>;
  /**
   * The request with its signature. The signature covers the method, the address, the body and all headers.
   *
   * @throws Error if there are no credentials, or a setting is missing
   */
  readonly sign: (request: HttpRequest) => Promise<HttpRequest>;
}

/** The credentials of the machine, which the AWS SDK finds and renews. */
export async function machineCredentials(name: string): Promise<FindCredentials> {
  const { defaultProvider } = await load(
    credentialsPackage,
    name,
    () => import('@aws-sdk/credential-provider-node'),
  );
  return defaultProvider();
}

/**
 * @param find loads what finds the credentials
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function awsSigner(
  name: string,
  { region, service }: AwsService,
  setting: Setting,
  find: () => FindCredentials | Promise<FindCredentials>,
): AwsSigner {
  const opened = lazy(
    async () => {
      const [{ SignatureV4 }, credentials] = await Promise.all([
        load(signaturePackage, name, () => import('@smithy/signature-v4')),
        find(),
      ]);
      const signer = new SignatureV4({
        service,
        region: fill(region, setting),
        credentials,
        sha256: Sha256,
        applyChecksum: false,
      });
      return { signer, credentials };
    },
    () => undefined,
  );
  return {
    async ready() {
      const { credentials } = await opened.get();
      await requireCredentials(name, credentials);
    },
    async sign(request) {
      const { signer } = await opened.get();
      return { ...request, headers: await signedHeaders(signer, request) };
    },
  };
}

async function signedHeaders(signer: SignatureV4, request: HttpRequest): Promise<HttpRequest['headers']> {
  const { address, method = 'GET', headers, body } = request;
  const query = new Map<string, string[]>();
  for (const [key, value] of address.searchParams) query.set(key, [...(query.get(key) ?? []), value]);
  const { headers: signed } = await signer.sign({
    method,
    protocol: address.protocol,
    hostname: address.hostname,
    path: address.pathname,
    query: Object.fromEntries(query),
    headers: { ...headers, host: address.host },
    ...(body === undefined ? {} : { body }),
  });
  return signed;
}

/** The hash as the signer wants it. */
class Sha256 {
  readonly #secret: Parameters<typeof createHmac>[1] | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret);
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
