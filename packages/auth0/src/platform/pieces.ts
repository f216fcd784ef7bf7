/* What compile.ts may write into an Action, by name; `npm run generate` bundles and cuts it into pieces.gen.ts. */
export {
  askingEach,
  authorizedRequest,
  fillAddress,
  httpSource,
  own,
  request,
  subjectDigest,
  unlessErrors,
} from '@claimsmith/runtime';
export { decideAsking } from './ask.ts';
export { postLoginChallenge } from './challenge.ts';
export {
  amr,
  authTime,
  exchangeScopes,
  grantType,
  linkedAccounts,
  loginScopes,
  texts,
} from './context.ts';
export { credentialsExchange, exchangeRefusal } from './credentials-exchange.ts';
export { withGroups } from './groups.ts';
export { observe } from './observe.ts';
export { refusal } from './outcome.ts';
export { postLogin } from './post-login.ts';
