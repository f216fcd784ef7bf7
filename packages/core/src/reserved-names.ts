/** Claims that belong to the protocols: an enriched token must not carry another meaning under these names. */
export const protocolClaims: readonly string[] = [
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'azp',
  'client_id',
  'nonce',
  'auth_time',
  'acr',
  'amr',
  'at_hash',
  'c_hash',
  's_hash',
  'sid',
  'cnf',
  'act',
  'may_act',
  'scope',
  'status',
  'authorization_details',
  'txn',
  'events',
  'typ',
];

/** Names that reach a prototype in some consumer's code. They are never claim, attribute, source or table names. */
export const unsafeNames: readonly string[] = ['__proto__', 'constructor', 'prototype'];
