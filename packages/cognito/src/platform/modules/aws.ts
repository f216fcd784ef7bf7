import { type AuthorizedRequest, fill, request, type Setting, settingOf } from '@claimsmith/runtime';
import { type AwsService, awsSigner } from '@claimsmith/runtime/server';

/** How a source is asked with a signature of the function's role. */
export function awsRequest(name: string, service: AwsService): AuthorizedRequest {
  const setting: Setting = (key) => settingOf(process.env, key);
  const signer = awsSigner(name, service, setting, () => roleCredentials);
  return async (fetch, question, limitBytes, controller) => {
    try {
      fill(service.region + service.service, setting);
    } catch {
      return { failure: 'setting', passing: false };
    }
    const { url, ...rest } = question;
    const { headers } = await signer.sign({ address: new URL(url), ...rest });
    // `fetch` sends the host by itself.
    const { host: _, ...signed } = headers;
    return request(fetch, { ...question, headers: signed }, limitBytes, controller);
  };
}

/**
 * The credentials of the role, which Lambda gives a function in its environment.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
async function roleCredentials() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('no credentials');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}
