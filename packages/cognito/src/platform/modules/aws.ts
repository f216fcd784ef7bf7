import { type AuthorizedRequest, fill, request, type Setting, settingOf } from '@claimsmith/runtime';
import { type AwsService, awsSigner } from '@claimsmith/runtime/server';
import { roleCredentials } from '../role-credentials.ts';

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
