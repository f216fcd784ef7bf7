import type { RecordedEvents } from '@claimsmith/core';

/** The `event` of the function, as it is in its log. */
export const recordedEvents: RecordedEvents = {
  look: 'an event of the trigger has `triggerSource`, such as TokenGeneration_HostedAuth, or TokenGeneration_ClientCredentials for a machine',
  triggers: {
    login: ({ triggerSource }) =>
      typeof triggerSource === 'string' &&
      triggerSource.startsWith('TokenGeneration_') &&
      triggerSource !== 'TokenGeneration_ClientCredentials',
    'client-credentials': ({ triggerSource }) => triggerSource === 'TokenGeneration_ClientCredentials',
  },
};
