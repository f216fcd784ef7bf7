import type { Policy, RawContext, VendorEvent } from '@claimsmith/core';
import { trigger } from '../supplies.ts';

/** What it knows of a scenario, and the audience that the client asks for. */
export function eventFrom(context: RawContext, _policy: Policy): VendorEvent {
  const user = part(context['user']);
  const request = part(context['request']);
  return {
    trigger,
    event: {
      subject: context['subject_type'],
      roles: user['roles'],
      scopes: request['scopes'],
      audience: request['audience'],
    },
  };
}

function part(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
