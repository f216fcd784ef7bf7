/** A user pool at an emulator of AWS that others wrote, behind a proxy that counts requests and makes faults. */
import type { Access, Compilation, Place, Policy } from '@claimsmith/core';
import { mappingOf } from '@claimsmith/core';
import { strToU8, zipSync } from 'fflate';
import { target } from '../../packages/cognito/src/target.ts';
import { policyOf } from '../../packages/cognito/test/fixtures.ts';
import { type StandIn, type StandInRequest, startStandIn } from '../stand-ins/server.ts';
import type { Vendor } from './contract.ts';

/** The second version changes a claim, adds a source with its own secret, and raises the trigger. */
export const specs: Readonly<Record<1 | 2, string>> = {
  1: `
version: 1
name: shop
user: { attributes: { plan: string } }
claims:
  plan: { value: user.attributes.plan, kind: descriptive }
  rank: { value: ranks.rank, kind: descriptive }
sources:
  ranks:
    http: { url: "https://ranks.acme.example/{user.id}", headers: { authorization: "Bearer \${RANKS_TOKEN}" } }
    returns: { rank: string }
issuers: { cognito: { clients: all, version: V2_0, runtime: nodejs22.x } }
`,
  2: `
version: 1
name: shop
user: { attributes: { plan: string } }
claims:
  plan: { value: user.attributes.plan + "!", kind: descriptive }
  limit: { value: limits.limit, kind: descriptive }
sources:
  limits:
    http: { url: "https://limits.acme.example/{user.id}", headers: { authorization: "Bearer \${LIMITS_TOKEN}" } }
    returns: { limit: int }
issuers: { cognito: { clients: all, runtime: nodejs22.x } }
`,
};

export const variables = {
  RANKS_TOKEN: 'planted-ranks-token',
  LIMITS_TOKEN: 'planted-limits-token',
} as const;

export const settings = {
  RANKS_TOKEN: { env: 'RANKS_TOKEN' },
  LIMITS_TOKEN: { env: 'LIMITS_TOKEN' },
} as const;

const role = 'arn:aws:iam::000000000000:role/shop';

/** Lets the SDK find credentials: an emulator takes any. */
export function takeCredentials(): void {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'planted-aws-secret' });
}

/** Requests to an emulator as others send them. */
export interface Aws {
  readonly endpoint: string;
  pools(action: string, body: object): Promise<unknown>;
  functions(method: string, path: string, body?: object): Promise<unknown>;
  secrets(action: string, body: object): Promise<unknown>;
}

const authorization =
  'AWS4-HMAC-SHA256 Credential=test/20261201/us-east-1/aws/aws4_request, SignedHeaders=host, Signature=0';

export function awsAt(endpoint: string): Aws {
  const answerOf = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: authorization.replace('/aws/', `/${headers['service']}/`), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    const answer: unknown = text === '' ? {} : JSON.parse(text);
    return answer;
  };
  const targeted = (service: string, target: string, body: object) =>
    answerOf(
      'POST',
      '/',
      { service, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body,
    );
  return {
    endpoint,
    pools: (action, body) => targeted('cognito-idp', `AWSCognitoIdentityProviderService.${action}`, body),
    secrets: (action, body) => targeted('secretsmanager', `secretsmanager.${action}`, body),
    functions: (method, path, body) =>
      answerOf(
        method,
        `/2015-03-31/functions${path}`,
        { service: 'lambda', 'content-type': 'application/json' },
        body,
      ),
  };
}

/** A part of an answer, as text. */
export function at(value: unknown, ...steps: readonly string[]): string {
  return String(steps.reduce<unknown>((found, step) => mappingOf(found)[step], value));
}

/**
 * A proxy in front of an emulator.
 *
 * @param alter what it makes of each answer
 */
export async function startProxy(
  endpoint: string,
  alter: (text: string) => string = (text) => text,
): Promise<StandIn> {
  const proxy = await startStandIn(async ({ method, query, headers, body, path }: StandInRequest) => {
    const search = query.size === 0 ? '' : `?${query}`;
    const { host: _, connection: __, 'content-length': ___, ...passed } = headers;
    const response = await fetch(`${endpoint}${path}${search}`, {
      method,
      headers: Object.entries(passed).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as [string, string]] : [],
      ),
      ...(body === undefined ? {} : { body: isForm(headers) ? formOf(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const named = ['x-amzn-errortype', 'retry-after'].flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    const answered = { status: response.status, headers: Object.fromEntries(named) };
    return text === '' ? answered : { ...answered, body: JSON.parse(alter(text)) };
  });
  return proxy;
}

function isForm(headers: StandInRequest['headers']): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
}

function formOf(fields: unknown): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(mappingOf(fields))) form.set(name, String(value));
  return form.toString();
}

/** What a request is about: of Cognito's, the action. */
export function named({ method, path, headers }: StandInRequest): { method: string; path: string } {
  const action = headers['x-amz-target'];
  return typeof action === 'string' ? { method, path: action.replace(/^.*\./, '') } : { method, path };
}

export interface Pool {
  readonly aws: Aws;
  readonly id: string;
  readonly arn: string;
}

/** A user pool with settings of others. */
export async function createPool(aws: Aws): Promise<Pool> {
  const made = await aws.pools('CreateUserPool', {
    PoolName: 'shop',
    Policies: { PasswordPolicy: { MinimumLength: 11, TemporaryPasswordValidityDays: 3 } },
    AutoVerifiedAttributes: ['email'],
    UserPoolTags: { team: 'identity' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    DeletionProtection: 'ACTIVE',
    UserPoolTier: 'PLUS',
    LambdaConfig: { PostConfirmation: 'arn:aws:lambda:us-east-1:000000000000:function:welcome' },
  });
  return { aws, id: at(made, 'UserPool', 'Id'), arn: at(made, 'UserPool', 'Arn') };
}

/** All of a user pool but its trigger. */
export async function othersOf({ aws, id }: Pool): Promise<unknown> {
  const pool = mappingOf(mappingOf(await aws.pools('DescribeUserPool', { UserPoolId: id }))['UserPool']);
  const { LastModifiedDate: _, LambdaConfig, ...rest } = pool;
  const { PreTokenGenerationConfig: __, ...others } = mappingOf(LambdaConfig);
  return { ...rest, LambdaConfig: others };
}

/** What each version was compiled to; it takes a while. */
const compiled = new Map<string, { policy: Policy; compilation: Promise<Compilation> }>();

/** The place of a spec. */
export async function placeAt(
  spec: string,
  entry: { readonly userPoolId: string; readonly endpoint: string; readonly functionName: string },
  access: Access,
  more: object = {},
): Promise<Place> {
  takeCredentials();
  const known = compiled.get(spec);
  const policy = known?.policy ?? policyOf(spec);
  const [place] = await target.places(policy, target.settings.parse({ role, ...entry, ...more }), access);
  if (place === undefined) throw new Error('no place');
  if (known === undefined) compiled.set(spec, { policy, compilation: place.compile() });
  return { ...place, compile: async () => (await compiled.get(spec)?.compilation) ?? place.compile() };
}

/** The archive of a function of somebody else. */
export function foreignArchive(text: string): string {
  const bytes = zipSync({ 'index.mjs': strToU8(text) });
  return Buffer.from(bytes).toString('base64');
}

export async function createFunction({ functions }: Aws, FunctionName: string, text: string): Promise<void> {
  await functions('POST', '', {
    FunctionName,
    Runtime: 'nodejs22.x',
    Role: role,
    Handler: 'index.handler',
    Code: { ZipFile: foreignArchive(text) },
  });
}

let count = 0;

export async function openCognito(endpoint: string): Promise<Vendor> {
  const aws = awsAt(endpoint);
  const pool = await createPool(aws);
  const proxy = await startProxy(endpoint);
  const functionName = `shop-${++count}-${process.pid}`;
  const entry = { userPoolId: pool.id, endpoint: proxy.url, functionName };
  return {
    place: (version, access) => placeAt(specs[version], entry, access),
    get requests() {
      return proxy.requests.map(named);
    },
    setFault(fault) {
      proxy.fault = fault && ((request) => fault(named(request)));
    },
    others: () => othersOf(pool),
    meddle: async () => {
      // Somebody lets the alias run another code.
      await aws.functions('PUT', `/${functionName}/code`, { ZipFile: foreignArchive('// by hand') });
      const version = at(await aws.functions('POST', `/${functionName}/versions`, {}), 'Version');
      await aws.functions('PUT', `/${functionName}/aliases/live`, { FunctionVersion: version });
      return `function ${functionName}`;
    },
    meddleWithOthers: async () => {
      await aws.pools('UpdateUserPool', {
        UserPoolId: pool.id,
        UserPoolTags: { team: 'others', new: 'yes' },
      });
    },
    occupy: async () => {
      await createFunction(aws, functionName, '// somebody else');
      return `function ${functionName}`;
    },
    close: () => proxy.close(),
  };
}
