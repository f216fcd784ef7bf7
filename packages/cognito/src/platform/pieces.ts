/* What compile.ts may write into a function, by name; `npm run generate` bundles and cuts it into pieces.gen.ts. */
export {
  askingEach,
  authorizedRequest,
  fillAddress,
  httpSource,
  isObserved,
  memoryCache,
  own,
  request,
  subjectDigest,
  unlessErrors,
} from '@claimsmith/runtime';
export { decideAsking } from './ask.ts';
export {
  attributeOf,
  clientOf,
  grantType,
  groupsOf,
  identitiesOf,
  isMachine,
  listedOf,
  paramsOf,
  parsedText,
  scopesOf,
  subjectType,
  userName,
} from './event.ts';
export { listedGroups, observed, preTokenGeneration, preTokenGenerationV1 } from './trigger.ts';
