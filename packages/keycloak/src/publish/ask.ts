/** Asks a realm what it signs: by evaluate-scopes, and by real grants where the environment has a test user. */
import {
  type Access,
  own,
  type PlaceAnswer,
  type PlaceQuestion,
  type Policy,
  type SecretReference,
  TargetError,
} from '@claimsmith/core';
import { z } from 'zod';
import { collisionsOf } from '../collisions.ts';
import { mappersOf } from '../live-mappers.ts';
import type { RealmApi } from './api.ts';
import type { Built } from './built.ts';
import { addressOf, type Entry } from './entry.ts';
import { granted } from './grant.ts';
import { issuanceOf } from './issued.ts';
import { withoutEquals } from './others.ts';
import { client as clientSchema, type RealmClient, understood } from './realm-state.ts';

export interface AskParts {
  readonly policy: Policy;
  readonly realm: string;
  readonly settings: Entry;
  readonly api: RealmApi;
  readonly access: Access;
  readonly built: Built | undefined;
}

/** The answers to a question. All should agree. */
export async function askRealm(question: PlaceQuestion, parts: AskParts): Promise<readonly PlaceAnswer[]> {
  const { api, realm, policy, built } = parts;
  const answer = await api.clientByName(question.client);
  if (answer === undefined) throw missing(`the realm ${realm} has no client ${question.client}`);
  const client = understood(clientSchema, answer);
  const evaluated = await api.evaluate(client.id, await subjectOf(question, client, parts), question.scopes);
  const mappers = mappersOf(evaluated.mappers, client, await api.clientScopes());
  const collisions = collisionsOf(policy, built === undefined ? mappers : withoutEquals(mappers, built));
  const issuance = issuanceOf(policy, evaluated, question.scopes);
  const who = question.user ?? `the service account of ${question.client}`;
  return [
    { how: `evaluation for ${who}`, issuance, collisions },
    ...(await byGrant(question, client, parts)).map((found) => ({ ...found, collisions })),
  ];
}

const identified = z.object({ id: z.string() });

/** The id of the user that the tokens are for. */
async function subjectOf(
  { user, client: clientId }: PlaceQuestion,
  client: RealmClient,
  { api, realm }: AskParts,
): Promise<string> {
  if (user === undefined) {
    if (!client.serviceAccountsEnabled) throw missing(`the client ${clientId} has no service account`);
    return understood(identified, await api.serviceAccount(client.id)).id;
  }
  const found = await api.userByName(user);
  if (found === undefined) throw missing(`the realm ${realm} has no user ${user}`);
  return understood(identified, found).id;
}

/** A real login of a test user, or of a client with a service account. */
async function byGrant(
  { user, client: clientId, scopes }: PlaceQuestion,
  client: RealmClient,
  parts: AskParts,
): Promise<readonly Pick<PlaceAnswer, 'how' | 'issuance'>[]> {
  const { policy, realm, settings, access } = parts;
  const password = user === undefined ? undefined : own(settings.verify?.passwords ?? {}, user);
  if (user !== undefined && password === undefined) return [];
  const clientSecret = client.publicClient ? undefined : await secretOf(clientId, client, parts);
  const signed = await granted(
    {
      url: addressOf(settings),
      realm,
      clientId,
      clientSecret,
      user:
        user === undefined || password === undefined
          ? undefined
          : { username: user, password: (await access.secret(password)).reveal() },
      scopes,
    },
    access,
  );
  const how = user === undefined ? `client credentials of ${clientId}` : `a login of ${user}`;
  return [{ how, issuance: issuanceOf(policy, signed, scopes) }];
}

/** A client's secret: from the environment, or from the server, which shows it to those who may view clients. */
async function secretOf(
  clientId: string,
  { id }: RealmClient,
  { settings, access, api }: AskParts,
): Promise<string | undefined> {
  const reference: SecretReference | undefined = own(settings.verify?.clientSecrets ?? {}, clientId);
  if (reference !== undefined) return (await access.secret(reference)).reveal();
  return understood(z.object({ value: z.string().optional() }), await api.clientSecret(id)).value;
}

function missing(message: string): TargetError {
  return new TargetError('not_found', message);
}
