import { evaluate, type Program } from '@claimsmith/runtime';
import type { CredentialsExchangeEvent } from '../../context.ts';
import type { CredentialsExchangeApi } from '../api.ts';
import { credentialsExchange } from '../credentials-exchange.ts';

// What `compile` writes before this text.
declare const program: Program;
declare const options: { readonly name: string };

export const onExecuteCredentialsExchange = async (
  event: CredentialsExchangeEvent,
  api: CredentialsExchangeApi,
) => {
  await credentialsExchange(event, api, options.name, async (context) => evaluate(program, context));
};
