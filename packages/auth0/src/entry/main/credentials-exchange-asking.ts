import type { HttpSource, Program } from '@claimsmith/runtime';
import type { CredentialsExchangeEvent } from '../../context.ts';
import type { CredentialsExchangeApi } from '../api.ts';
import { decideAsking } from '../ask.ts';
import { credentialsExchange } from '../credentials-exchange.ts';

// What `compile` writes before this text.
declare const program: Program;
declare const options: { readonly name: string };
declare const sources: Readonly<Record<string, HttpSource>>;

export const onExecuteCredentialsExchange = async (
  event: CredentialsExchangeEvent,
  api: CredentialsExchangeApi,
) => {
  const decide = (context: unknown) => decideAsking(program, sources, context, event, api);
  await credentialsExchange(event, api, options.name, decide);
};
