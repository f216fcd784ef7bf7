import { describe, expect, test } from 'vitest';
import { compileSpec, decide, programOf } from './kit.ts';

const noon = Date.UTC(2026, 4, 1, 12);

describe('the time of issuance', () => {
  const program = programOf(`
user: { attributes: { until: string } }
deny: [{ reason: expired, when: 'has(user.attributes.until) && now > timestamp(user.attributes.until)' }]
claims: { at: { value: string(now), kind: descriptive }, seconds: { value: int(now), kind: descriptive } }`);

  test.each([
    [noon, { at: '2026-05-01T12:00:00Z', seconds: noon / 1000 }],
    [noon + 1.5, { at: '2026-05-01T12:00:00.001Z', seconds: noon / 1000 }],
    [-1, { at: '1969-12-31T23:59:59.999Z', seconds: -1 }],
  ])('is what the host says: %j', (now, access) => {
    expect(decide(program, { now })).toMatchObject({ denied: undefined, access });
  });

  test.each([
    undefined,
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    8.64e15,
    '2026-05-01T12:00:00Z',
    {},
    [noon],
  ])('that is unknown denies: %j', (now) => {
    expect(decide(program, { now })).toMatchObject({ denied: 'enrichment_unavailable', access: {}, id: {} });
  });

  test.each([
    ['2026-05-01T11:59:59Z', 'expired'],
    ['2026-05-01T13:59:59+02:00', 'expired'],
    ['2026-05-01T12:00:00Z', undefined],
    // What cannot be read is unknown, and a deny rule that is unknown denies.
    ['soon', 'enrichment_unavailable'],
    [7, undefined],
  ])('is compared with text: %j', (until, denied) => {
    expect(decide(program, { now: noon, user: { attributes: { until } } }).denied).toBe(denied);
  });
});

describe('a token cannot carry a time or an address', () => {
  test.each([
    [
      'now',
      'A token cannot carry a value of type timestamp.',
      'Write `string(now)` for text, or `int(now)` for seconds since 1970.',
    ],
    [
      'now - timestamp(0)',
      'A token cannot carry a value of type duration.',
      'Write `string(now - timestamp(0))` for text, or `(now - timestamp(0)).getSeconds()`.',
    ],
    [
      'ip(request.ip)',
      'A token cannot carry a value of type ip.',
      'Write `string(ip(request.ip))` for text.',
    ],
    [
      '[now]',
      'A token cannot carry a value of type list(timestamp).',
      'Convert each: `string(…)` for text, or `int(…)` for the seconds of a timestamp.',
    ],
  ])('%s', (value, message, help) => {
    const { findings } = compileSpec(`claims: { c: { value: '${value}', kind: descriptive } }`);
    expect(findings).toMatchObject([{ rule: 'TE004', message, help }]);
  });

  test('nor a parameter of a source', () => {
    const { findings } = compileSpec(
      `sources: { s: { http: { url: 'https://s.example/{now}' }, returns: { x: string } } }\nclaims: { c: { value: s.x, kind: descriptive } }`,
    );
    expect(findings).toMatchObject([
      { rule: 'TE010', message: 'A placeholder must be a string or an int; this one is timestamp.' },
    ]);
  });

  test('but text where its type is unknown', () => {
    const program = programOf(`claims: { c: { value: '{"at": dyn(now)}', kind: descriptive } }`);
    expect(decide(program, { now: noon }).access).toMatchObject({ c: { at: '2026-05-01T12:00:00Z' } });
  });
});
