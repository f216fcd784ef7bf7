/* Bodies of requests: an image, and what others have set, as it was read. */
import { isMapping, type Json } from '@claimsmith/core';
import { without } from './images.ts';
import { headersOf, isOwnerHeader, ownerHeader, scopeMark } from './mark.ts';
import { type Raw, textAt, valueAt } from './state.ts';

/** @param secret the value that Okta sends, or the client secret */
export function hookBody(name: string, image: Json, secret: string, now: Raw | undefined): Raw {
  const config = valueAt(now, 'channel', 'config');
  const auth = valueAt(image, 'auth');
  const isOauth = textAt(auth, 'type') === 'OAUTH';
  const owner = textAt(image, 'owner');
  const others = now === undefined ? [] : headersOf(now).filter((header) => !isOwnerHeader(header));
  const ours = isOauth
    ? {
        authType: textAt(auth, 'authType'),
        clientId: textAt(auth, 'clientId'),
        clientSecret: secret,
        tokenUrl: textAt(auth, 'tokenUrl'),
        scope: textAt(auth, 'scope'),
      }
    : { authScheme: { type: 'HEADER', key: textAt(auth, 'header'), value: secret } };
  const authFields = ['authScheme', 'authType', 'clientId', 'clientSecret', 'tokenUrl', 'scope', 'hookKeyId'];
  return {
    ...(now === undefined ? {} : without(now, ['id', 'status', 'type', 'created', 'lastUpdated', '_links'])),
    name,
    version: textAt(image, 'version'),
    channel: {
      type: isOauth ? 'OAUTH' : 'HTTP',
      version: '1.0.0',
      config: {
        ...(isMapping(config) ? without(config, authFields) : {}),
        uri: textAt(image, 'url'),
        method: textAt(image, 'method'),
        headers: [...others, ...(owner === '' ? [] : [{ key: ownerHeader, value: owner }])],
        ...ours,
      },
    },
    ...(now === undefined ? { type: 'com.okta.oauth2.tokens.transform' } : {}),
  };
}

export function claimBody(type: string, name: string, image: Json, now: Raw | undefined): Raw {
  const filter = textAt(image, 'group_filter_type');
  const others =
    now === undefined
      ? {}
      : without(now, [
          'id',
          'system',
          'apiResourceId',
          '_links',
          'group_filter_type',
          'created',
          'lastUpdated',
        ]);
  return {
    ...others,
    name,
    claimType: type,
    status: textAt(image, 'status'),
    valueType: textAt(image, 'valueType'),
    value: textAt(image, 'value'),
    ...(filter === '' ? {} : { group_filter_type: filter }),
    conditions: { scopes: valueAt(image, 'scopes') },
    alwaysIncludeInToken: valueAt(image, 'alwaysIncludeInToken'),
  };
}

export function scopeBody(name: string, policy: string): Raw {
  return { name, description: scopeMark(policy), consent: 'IMPLICIT', metadataPublish: 'NO_CLIENTS' };
}

/** Users may see the attribute and not change it. */
export function attributeBody(name: string, image: Json): Raw {
  const items = textAt(image, 'items');
  const attribute = {
    title: name,
    type: textAt(image, 'type'),
    ...(items === '' ? {} : { items: { type: items } }),
    permissions: [{ principal: 'SELF', action: 'READ_ONLY' }],
  };
  return { definitions: { custom: { id: '#custom', type: 'object', properties: { [name]: attribute } } } };
}

/** @param hookId of the hook that the image names; undefined: none */
export function ruleBody(image: Json, hookId: string | undefined, now: Raw): Raw {
  const token = valueAt(now, 'actions', 'token');
  const actions = valueAt(now, 'actions');
  const minutes = valueAt(image, 'accessTokenLifetimeMinutes');
  return {
    ...without(now, ['id', 'created', 'lastUpdated', '_links', 'system']),
    actions: {
      ...(isMapping(actions) ? actions : {}),
      token: {
        ...without(isMapping(token) ? token : {}, ['inlineHook', 'accessTokenLifetimeMinutes']),
        ...(typeof minutes === 'number' ? { accessTokenLifetimeMinutes: minutes } : {}),
        ...(hookId === undefined ? {} : { inlineHook: { id: hookId } }),
      },
    },
  };
}

export function serverBody(image: Json, now: Raw): Raw {
  const audiences = valueAt(image, 'audiences');
  const rotation = valueAt(now, 'credentials', 'signing', 'rotationMode');
  return {
    ...without(now, ['id', 'issuer', 'status', 'default', 'created', 'lastUpdated', '_links', 'credentials']),
    audiences: Array.isArray(audiences) ? audiences : [],
    ...(typeof rotation === 'string' ? { credentials: { signing: { rotationMode: rotation } } } : {}),
  };
}
