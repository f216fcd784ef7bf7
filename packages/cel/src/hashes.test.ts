import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../test/support/program.ts';
import { MAX_STEPS } from './limits.ts';
import { SETTINGS } from './macros.ts';

const environment = {
  variables: {
    s: { kind: 'string' },
    [SETTINGS]: { kind: 'map', key: { kind: 'string' }, value: { kind: 'string' } },
  },
} as const;

const sources = ['hash.sha256(s)', 'hash.hmac("${KEY}", s)'].map((source) => ({
  source,
  environment,
}));
const { units } = build(sources);
const [digest, keyed] = units;

function run(unit: (typeof units)[number] | undefined, variables: object): unknown {
  if (!unit?.ok) throw new Error('does not compile');
  const outcome = unit.run(variables);
  return outcome.kind === 'value' ? outcome.value : outcome;
}

const sha256 = (s: string) => run(digest, { s });
const hmac = (key: string | undefined, s: string) =>
  run(keyed, { s, [SETTINGS]: key === undefined ? {} : { KEY: key } });

/** Well-formed texts of any characters. */
const texts = fc.string({ unit: 'binary', maxLength: 200 });

describe('hash.sha256', () => {
  it.each([
    // FIPS 180-2, B.1 and B.2, and the empty message: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j', (text, expected) => expect(sha256(text)).toBe(expected));

  it('is what Node computes, of any text', () => {
    fc.assert(fc.property(texts, (s) => sha256(s) === createHash('sha256').update(s).digest('hex')));
    for (const length of [54, 55, 56, 57, 63, 64, 65, 119, 120, 4096])
      expect(sha256('é'.repeat(length))).toBe(createHash('sha256').update('é'.repeat(length)).digest('hex'));
  });

  it('of half a surrogate pair is an error', () => {
    expect(sha256('a\ud800')).toMatchObject({ kind: 'error', code: 'conversion' });
  });

  it('pays for what it reads, and a text that is too long ends the budget', () => {
    expect(sha256('x'.repeat(MAX_STEPS / 24))).toMatchObject({ kind: 'error' });
  });
});

describe('hash.hmac', () => {
  it.each([
    ['key', 'k'.repeat(20), 'Hi There'],
    ['a key of one block', 'k'.repeat(64), 'what do ya want for nothing?'],
    ['a key larger than a block', 'k'.repeat(131), 'Test Using Larger Than Block-Size Key - Hash Key First'],
  ])('with %s', (_, key, text) => {
    expect(hmac(key, text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
  });

  it('is what RFC 4231 says of a text key', () => {
    // Test case 1. The keys of the others are not UTF-8, or are shorter than 16 characters.
    expect(hmac('\u000b'.repeat(20), 'Hi There')).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
  });

  it('is what Node computes, of any key and text', () => {
    const keys = fc.string({ unit: 'binary', minLength: 16, maxLength: 150 });
    fc.assert(
      fc.property(
        keys,
        texts,
        (key, s) => hmac(key, s) === createHmac('sha256', key).update(s).digest('hex'),
      ),
    );
  });

  it.each([[undefined], [''], ['short'], ['fifteen letters']])('without a key (%j) has no value', (key) => {
    expect(hmac(key, 'x')).toMatchObject({ kind: 'error', code: 'no_such_key' });
  });

  it.each([
    'hash.hmac(s, s)',
    'hash.hmac("secret", s)',
    'hash.hmac("${A}${B}", s)',
    'hash.hmac("${params.a}", s)',
    'hash.hmac("${KEY}")',
    '$settings.KEY',
    'hash.md5(s)',
  ])('%s is refused', (source) => {
    const [unit] = build([{ source, environment }]).units;
    expect(unit?.ok).toBe(false);
  });
});
