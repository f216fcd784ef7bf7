/* What compile.ts may write into a function, by name; `npm run generate` bundles and cuts it into pieces.gen.ts. */
export { authorizedRequest, fillAddress, isObserved, memoryCache, subjectDigest } from '@claimsmith/runtime';
export { decideAsking } from './ask.ts';
export {
  attributeOf,
  clientMetadata,
  clientOf,
  grantType,
  groupsOf,
  identitiesOf,
  isMachine,
  listedOf,
  own,
  parsedText,
  scopesOf,
  subjectType,
  userName,
} from './event.ts';
export { observed, preTokenGeneration, preTokenGenerationV1 } from './trigger.ts';
