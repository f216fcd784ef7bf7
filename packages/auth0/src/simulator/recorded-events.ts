import type { RecordedEvents } from '@claimsmith/core';

/** The `event` that an Action is called with, as `JSON.stringify` writes it. */
export const recordedEvents: RecordedEvents = {
  look: 'the `event` of an Action has `user` at post-login, `accessToken` at credentials-exchange',
  triggers: {
    'post-login': (event) => 'user' in event && !('accessToken' in event),
    'credentials-exchange': (event) => 'accessToken' in event && !('user' in event),
  },
};
