/* What compile.ts may write into an Action, by name; `npm run generate` bundles and cuts it into pieces.gen.ts. */
export { authorizedRequest, fillAddress } from '@claimsmith/runtime';
export { decideAsking } from './ask.ts';
export { postLoginChallenge } from './challenge.ts';
export {
  actorOf,
  amr,
  authTime,
  exchangeScopes,
  grantType,
  linkedAccounts,
  loginScopes,
  own,
  subjectType,
  texts,
} from './context.ts';
export { credentialsExchange } from './credentials-exchange.ts';
export { postLogin } from './post-login.ts';
