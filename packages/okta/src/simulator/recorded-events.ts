import type { RecordedEvents } from '@claimsmith/core';

/** The request that Okta sends to a token inline hook. */
export const recordedEvents: RecordedEvents = {
  look: 'a request to a token inline hook has the `eventType` com.okta.oauth2.tokens.transform',
  triggers: { 'token-hook': ({ eventType }) => eventType === 'com.okta.oauth2.tokens.transform' },
};
