import { expect, test } from 'vitest';
import { perRequestIn, privilegedIn, restrictionIn } from './authority.ts';
import { goodNames } from './good-names.ts';
import { identityIn, privateIn, specialIn } from './personal.ts';
import { secretIn } from './secrets.ts';
import { bareName, wordsOf } from './word-list.ts';

test.each([
  ['mfa_recovery_code', ['mfa', 'recovery', 'code']],
  ['mfaRecoveryCode', ['mfa', 'recovery', 'code']],
  ['MFA-Recovery-Code2', ['mfa', 'recovery', 'code', '2']],
  ['APIKey', ['api', 'key']],
  ['Straße', ['strasse']],
  ['prénom', ['prenom']],
  ['', []],
])('the words of %s', (name, words) => {
  expect(wordsOf(name)).toEqual(words);
});

test.each([
  ['api_key', 'api key'],
  ['apiKey', 'api key'],
  ['apikey', 'apikey'],
  ['customer-api-keys', 'api keys'],
  ['password_hash', 'password'],
  ['api_key_id', undefined],
  ['has_password', undefined],
  ['password_changed_at', undefined],
  ['secretary', undefined],
  ['pinned', undefined],
  ['shipping', undefined],
])('the secret in %s is %s', (name, word) => {
  expect(secretIn(name)).toBe(word);
});

test('words in German may be written without umlauts', () => {
  expect([privateIn('Führerschein'), privateIn('fuehrerschein'), privateIn('fuhrerschein')]).toEqual([
    'fuhrerschein',
    'fuehrerschein',
    'fuhrerschein',
  ]);
});

test.each([
  ['https://acme.example/roles', 'roles'],
  ['urn:acme:claims:roles', 'roles'],
  ['https://health.example/plan#tier', 'tier'],
  ['roles', 'roles'],
  ['https://acme.example/', 'acme.example/'],
])('the bare name of %s is %s', (claim, name) => {
  expect(bareName(claim)).toBe(name);
});

test('good names are not taken for something else', () => {
  expect(new Set(goodNames).size).toBe(goodNames.length);
  expect(goodNames.length).toBeGreaterThanOrEqual(200);
  const finders = { secretIn, privateIn, identityIn, specialIn, perRequestIn, restrictionIn, privilegedIn };
  const taken = goodNames.flatMap((name) =>
    Object.entries(finders).flatMap(([finder, find]) => {
      const word = find(name);
      return word === undefined ? [] : [`${finder}: ${word} in ${name}`];
    }),
  );
  expect(taken).toEqual([]);
});
