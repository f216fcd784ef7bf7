import type { OAuthClient } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import { addressProblems, settingProblems } from './request.ts';
import { urlPieces } from './url-template.ts';
import { reportTexts, type SourceWork } from './work.ts';

type OAuthSpec = NonNullable<NonNullable<NonNullable<SourceSpec['http']>['auth']>['oauth2']>;

/** How access tokens for an HTTP source are got; undefined after reporting errors. */
export function createOAuth(
  work: SourceWork,
  { tokenUrl, clientId, clientSecret, scope, audience, credentialsIn }: OAuthSpec,
): OAuthClient | undefined {
  const path = [...work.path, 'http', 'auth', 'oauth2'];
  const texts = { clientId, clientSecret, scope, audience };
  const problems = Object.entries(texts).flatMap(([name, text = '']) =>
    reportTexts(work, [...path, name], settingProblems(text).map(asAddress)),
  );
  const pieces = urlPieces(tokenUrl);
  const isFixed = 'unclosedAt' in pieces || pieces.length === 1;
  const found = isFixed
    ? addressProblems([{ kind: 'text', text: tokenUrl, offset: 0 }]).map(asAddress)
    : [{ ...dynamicAddress, start: 0, end: tokenUrl.length }];
  reportTexts(work, [...path, 'tokenUrl'], found);
  if (problems.length + found.length > 0) return undefined;
  return {
    tokenUrl,
    clientId,
    clientSecret,
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(credentialsIn === 'body' ? { inBody: true } : {}),
  };
}

const dynamicAddress = {
  rule: 'TE409',
  message: 'With a placeholder in this address, a value chooses who gets the client secret.',
  help: 'Write the whole address of the token endpoint.',
};

function asAddress<T extends object>(problem: T) {
  return { rule: 'TE010', ...problem };
}
