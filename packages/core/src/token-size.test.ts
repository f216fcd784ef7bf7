import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytes, tokenBytes } from './index.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function signedLength(header: object, payload: object): number {
  const input = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url')}`.length;
}

test('a token is exactly as long as one that is signed', () => {
  const header = { alg: 'RS256', typ: 'at+jwt', kid: 'k1' };
  const payload = {
    iss: 'https://acme.example/',
    roles: ['approver', 'prüfer', '承認者', '🦊'],
    note: '"\\\n\u2028',
  };
  expect(tokenBytes(header, payload)).toBe(signedLength(header, payload));
});

test('the length of JSON in UTF-8 holds for any text, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
      expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
    }),
  );
  expect(jsonBytes('\ud800x\udc00')).toBe(Buffer.byteLength(JSON.stringify('\ud800x\udc00')));
});
