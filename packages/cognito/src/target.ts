import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Access, type Place, type Policy, type Target, TargetError } from '@claimsmith/core';
import type { z } from 'zod';
import type { Client, FunctionSettings, LoginAnswer } from './publish/client.ts';
import { type Entry, entrySchema, regionOf } from './publish/entry.ts';
import { type Purpose, targetError } from './publish/errors.ts';
import { aliasName, functionNameOf } from './publish/names.ts';
import { invoke } from './publish/permission.ts';
import { placeOf } from './publish/place.ts';
import {
  alias,
  functionConfiguration,
  policyAnswer,
  policyDocument,
  publishedVersion,
  userPoolAnswer,
} from './publish/wire.ts';

/** Publishes to user pools of Amazon Cognito by the APIs of Lambda and Cognito. */
export const target = { settings: entrySchema, resolvesReferences: true, places } satisfies Target;

async function places(policy: Policy, entry: unknown, access: Access): Promise<readonly Place[]> {
  const parsed = entrySchema.parse(entry);
  return [placeOf(policy, parsed, access, clientOf(parsed, functionNameOf(policy, parsed), access))];
}

type Lambda = typeof import('@aws-sdk/client-lambda');
type Cognito = typeof import('@aws-sdk/client-cognito-identity-provider');

interface Sdk {
  readonly lambda: Lambda;
  readonly cognito: Cognito;
  readonly lambdaClient: LambdaClient;
  readonly cognitoClient: CognitoIdentityProviderClient;
}

type Options = { readonly abortSignal: AbortSignal };

type Send = <T>(
  kind: Purpose['kind'],
  permission: string,
  what: string,
  request: (sdk: Sdk, options: Options) => Promise<T>,
) => Promise<T>;

function clientOf(entry: Entry, functionName: string, access: Access): Client {
  const region = regionOf(entry);
  let sdk: Promise<Sdk> | undefined;
  const send: Send = async (kind, permission, what, request) => {
    sdk ??= connect(entry, region);
    const connected = await sdk;
    return access[kind](what, async (signal) => {
      try {
        return await request(connected, { abortSignal: signal });
      } catch (error) {
        throw targetError(error, { kind, permission, region });
      }
    });
  };
  return {
    ...functionReads(send, functionName),
    ...functionWrites(send, functionName),
    ...aliasWrites(send, functionName),
    ...poolRequests(send, entry),
  };
}

/** Loads the SDK when the first request is sent. Access waits and tries again, so the SDK must not. */
async function connect({ endpoint }: Entry, region: string): Promise<Sdk> {
  const [lambda, cognito] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('@aws-sdk/client-cognito-identity-provider'),
  ]).catch((cause: unknown) => {
    const message =
      'Publishing to Cognito needs two npm packages. Install them: npm install @aws-sdk/client-lambda@3 @aws-sdk/client-cognito-identity-provider@3.';
    throw new TargetError('settings', message, { cause });
  });
  const options = { region, maxAttempts: 1, ...(endpoint === undefined ? {} : { endpoint }) };
  return {
    lambda,
    cognito,
    lambdaClient: new lambda.LambdaClient(options),
    cognitoClient: new cognito.CognitoIdentityProviderClient(options),
  };
}

/** An answer in the form that we know, whatever else it has. */
function read<T extends z.ZodType>(schema: T, answer: unknown, kind: Purpose['kind'] = 'read'): z.output<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const message = 'AWS answers in a form that is not known';
  throw new TargetError('unreachable', message, { isUncertain: kind === 'write' });
}

function functionReads(send: Send, FunctionName: string) {
  return {
    configuration: (version) =>
      ifThere(
        send(
          'read',
          'lambda:GetFunctionConfiguration',
          `the function ${FunctionName}`,
          async ({ lambda, lambdaClient }, options) => {
            const Qualifier = version === undefined ? {} : { Qualifier: version };
            const command = new lambda.GetFunctionConfigurationCommand({ FunctionName, ...Qualifier });
            return read(functionConfiguration, await lambdaClient.send(command, options));
          },
        ),
      ),
    alias: () =>
      ifThere(
        send(
          'read',
          'lambda:GetAlias',
          `the alias ${aliasName} of ${FunctionName}`,
          async ({ lambda, lambdaClient }, options) => {
            const command = new lambda.GetAliasCommand({ FunctionName, Name: aliasName });
            return read(alias, await lambdaClient.send(command, options));
          },
        ),
      ),
    statements: async () => {
      const what = `who may call the alias ${aliasName} of ${FunctionName}`;
      const found = await ifThere(
        send('read', 'lambda:GetPolicy', what, async ({ lambda, lambdaClient }, options) => {
          const command = new lambda.GetPolicyCommand({ FunctionName, Qualifier: aliasName });
          const { Policy } = read(policyAnswer, await lambdaClient.send(command, options));
          return read(policyDocument, parsedJson(Policy)).Statement;
        }),
      );
      return found ?? [];
    },
  } satisfies Partial<Client>;
}

function functionWrites(send: Send, FunctionName: string) {
  return {
    create: async (zip, settings) => {
      const what = `create the function ${FunctionName}`;
      await send(
        'write',
        'lambda:CreateFunction, or iam:PassRole for the role',
        what,
        async ({ lambda, lambdaClient }, options) => {
          const command = new lambda.CreateFunctionCommand({
            FunctionName,
            Code: { ZipFile: Buffer.from(zip, 'base64') },
            ...requested(lambda, settings),
          });
          read(functionConfiguration, await lambdaClient.send(command, options), 'write');
        },
      );
    },
    updateCode: async (zip, revision) => {
      const what = `change the code of the function ${FunctionName}`;
      await send('write', 'lambda:UpdateFunctionCode', what, async ({ lambda, lambdaClient }, options) => {
        const command = new lambda.UpdateFunctionCodeCommand({
          FunctionName,
          ZipFile: Buffer.from(zip, 'base64'),
          Publish: false,
          ...guard(revision),
        });
        read(functionConfiguration, await lambdaClient.send(command, options), 'write');
      });
    },
    updateSettings: async (settings, revision) => {
      const what = `change the settings of the function ${FunctionName}`;
      await send(
        'write',
        'lambda:UpdateFunctionConfiguration, or iam:PassRole for the role',
        what,
        async ({ lambda, lambdaClient }, options) => {
          const command = new lambda.UpdateFunctionConfigurationCommand({
            FunctionName,
            ...requested(lambda, settings),
            ...guard(revision),
          });
          read(functionConfiguration, await lambdaClient.send(command, options), 'write');
        },
      );
    },
    publish: async (CodeSha256, revision) => {
      const what = `publish a version of the function ${FunctionName}`;
      return send('write', 'lambda:PublishVersion', what, async ({ lambda, lambdaClient }, options) => {
        const command = new lambda.PublishVersionCommand({ FunctionName, CodeSha256, ...guard(revision) });
        return read(publishedVersion, await lambdaClient.send(command, options), 'write').Version;
      });
    },
    deleteFunction: async () => {
      const what = `delete the function ${FunctionName}`;
      await send('write', 'lambda:DeleteFunction', what, ({ lambda, lambdaClient }, options) =>
        lambdaClient.send(new lambda.DeleteFunctionCommand({ FunctionName }), options),
      );
    },
  } satisfies Partial<Client>;
}

/** With the runtime as the SDK's types want it. */
function requested({ Runtime }: Lambda, { Runtime: wanted, ...settings }: FunctionSettings) {
  const runtime = Object.values(Runtime).find((one) => one === wanted);
  if (runtime === undefined) {
    const message = `@aws-sdk/client-lambda does not know the runtime ${wanted}. Install a newer version`;
    throw new TargetError('settings', message);
  }
  return { ...settings, Environment: { Variables: { ...settings.Environment.Variables } }, Runtime: runtime };
}

function guard(RevisionId: string | undefined) {
  return RevisionId === undefined ? {} : { RevisionId };
}

function aliasWrites(send: Send, FunctionName: string) {
  return {
    createAlias: async (FunctionVersion) => {
      const what = `create the alias ${aliasName} of ${FunctionName}`;
      await send('write', 'lambda:CreateAlias', what, async ({ lambda, lambdaClient }, options) => {
        const command = new lambda.CreateAliasCommand({ FunctionName, Name: aliasName, FunctionVersion });
        read(alias, await lambdaClient.send(command, options), 'write');
      });
    },
    moveAlias: async (FunctionVersion, revision) => {
      const what = `move the alias ${aliasName} of ${FunctionName}`;
      await send('write', 'lambda:UpdateAlias', what, async ({ lambda, lambdaClient }, options) => {
        const command = new lambda.UpdateAliasCommand({
          FunctionName,
          Name: aliasName,
          FunctionVersion,
          RoutingConfig: { AdditionalVersionWeights: {} },
          ...guard(revision),
        });
        read(alias, await lambdaClient.send(command, options), 'write');
      });
    },
    allow: async (StatementId, { principal: Principal, source: SourceArn }) => {
      const what = `let the user pool call ${FunctionName}`;
      await send('write', 'lambda:AddPermission', what, ({ lambda, lambdaClient }, options) => {
        const statement = { StatementId, Principal, SourceArn, Action: invoke };
        const command = new lambda.AddPermissionCommand({
          FunctionName,
          Qualifier: aliasName,
          ...statement,
        });
        return lambdaClient.send(command, options);
      });
    },
    disallow: async (StatementId) => {
      const what = `take the permission to call ${FunctionName} from the user pool`;
      await ifThere(
        send('write', 'lambda:RemovePermission', what, ({ lambda, lambdaClient }, options) => {
          const removed = { FunctionName, Qualifier: aliasName, StatementId };
          return lambdaClient.send(new lambda.RemovePermissionCommand(removed), options);
        }),
      );
    },
  } satisfies Partial<Client>;
}

function poolRequests(send: Send, { userPoolId: UserPoolId }: Entry) {
  return {
    pool: () =>
      ifThere(
        send(
          'read',
          'cognito-idp:DescribeUserPool',
          `the user pool ${UserPoolId}`,
          async ({ cognito, cognitoClient }, options) => {
            const command = new cognito.DescribeUserPoolCommand({ UserPoolId });
            // The SDK drops settings that it does not know, and the update would then reset them.
            let text = '';
            command.middlewareStack.add(
              (next) => async (args) => {
                const answered = await next(args);
                text = await textOf(answered.response);
                return answered;
              },
              { step: 'deserialize', priority: 'low' },
            );
            await cognitoClient.send(command, options);
            return read(userPoolAnswer, parsedJson(text)).UserPool;
          },
        ),
      ),
    updatePool: async (settings) => {
      const what = `set the trigger of the user pool ${UserPoolId}`;
      await send('write', 'cognito-idp:UpdateUserPool', what, async ({ cognito, cognitoClient }, options) => {
        const command = new cognito.UpdateUserPoolCommand({ UserPoolId });
        // As it was read, also what the SDK does not know.
        command.middlewareStack.add(
          (next) => (args) => {
            if (typeof args.request === 'object' && args.request !== null)
              Reflect.set(args.request, 'body', JSON.stringify(settings));
            return next(args);
          },
          { step: 'serialize', priority: 'low' },
        );
        await cognitoClient.send(command, options);
      });
    },
    logIn: (ClientId, AuthParameters) =>
      send(
        'read',
        'cognito-idp:AdminInitiateAuth',
        `the tokens of ${AuthParameters['USERNAME'] ?? 'a user'}`,
        async ({ cognito, cognitoClient }, options): Promise<LoginAnswer> => {
          const command = new cognito.AdminInitiateAuthCommand({
            UserPoolId,
            ClientId,
            AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
            AuthParameters: { ...AuthParameters },
          });
          try {
            const { AuthenticationResult, ChallengeName } = await cognitoClient.send(command, options);
            if (ChallengeName !== undefined) return { challenge: ChallengeName };
            const { AccessToken, IdToken, ExpiresIn } = AuthenticationResult ?? {};
            if (AccessToken === undefined)
              throw new TargetError('unreachable', 'AWS answers in a form that is not known');
            return { accessToken: AccessToken, idToken: IdToken, expiresIn: ExpiresIn };
          } catch (error) {
            if (!(error instanceof cognito.CognitoIdentityProviderServiceException)) throw error;
            if (!loginErrors.includes(error.name)) throw error;
            return { error: error.name, text: error.message };
          }
        },
      ),
  } satisfies Partial<Client>;
}

/** Errors that are about the login, not about who asks for it. */
const loginErrors: readonly string[] = [
  'InvalidLambdaResponseException',
  'InvalidParameterException',
  'NotAuthorizedException',
  'UnexpectedLambdaException',
  'UserLambdaValidationException',
  'UserNotFoundException',
];

/** The body of an answer, which the SDK can read again. */
async function textOf(response: unknown): Promise<string> {
  if (typeof response !== 'object' || response === null) return '';
  const body: unknown = Reflect.get(response, 'body');
  if (!isAsyncIterable(body)) return '';
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  Reflect.set(response, 'body', bytes);
  return bytes.toString('utf8');
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined for what does not exist. */
async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TargetError && error.code === 'not_found') return undefined;
    throw error;
  }
}
