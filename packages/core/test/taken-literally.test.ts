import { describe, expect, test } from 'vitest';
import { compileSpec } from './kit.ts';

const claims = 'claims: { a: { const: 1, kind: descriptive } }';
const found = (text: string) =>
  compileSpec(text).findings.map(
    ({ rule, severity, range }) => `${rule} ${severity} ${range?.start.line}:${range?.start.column}`,
  );

describe('${NAME}', () => {
  const source = (parts: string) => `sources:\n  s: { ${parts}, returns: { v: string } }\n${claims}`;

  test.each([
    'http: { url: "https://x.example/{user.id}?k=${KEY}", headers: { x-key: "a ${KEY}" } }',
    'http: { url: "${ADDRESS}/a" }',
    'sql: { connection: "${DATABASE}", query: select v from t }',
    'dynamodb: { table: "${TABLE}", region: "${REGION}", endpoint: "${ADDRESS}", key: { pk: user.id } }',
  ])('is filled in where a source is asked: %s', (parts) => {
    expect(found(source(parts))).toEqual([]);
  });

  test.each<[string, string]>([
    [`namespace: "https://\${HOST}/"\n${claims}`, '3:12'],
    [`owner: "\${TEAM}"\n${claims}`, '3:8'],
    [`marker: "\${MARKER}"\n${claims}`, '3:9'],
    ['claims:\n  a: { const: "${REGION}", kind: descriptive }', '4:15'],
    ['claims:\n  a: { const: { b: [x, "${REGION}"] }, kind: descriptive }', '4:24'],
    ['claims:\n  "${NAME}": { const: 1, kind: descriptive }', '4:3'],
    ['claims:\n  a: { const: 1, kind: descriptive, clients: [b, "${CLIENT}"] }', '4:50'],
    ['claims:\n  a: { const: 1, kind: descriptive, audiences: ["${API}"] }', '4:49'],
    ['claims:\n  a: { value: client.id, kind: descriptive, onMissing: { default: "${ID}" } }', '4:67'],
    [`claims:\n  a: { value: 'client.id + "\${ID}"', kind: descriptive }`, '4:15'],
    [`claims:\n  a: { const: 1, kind: descriptive, when: 'client.id == "\${ID}"' }`, '4:43'],
    [`${claims}\nscopes:\n  "\${SCOPE}": { grant: "true" }`, '5:3'],
    [`${claims}\nscopes:\n  a: { grant: 'client.id == "\${ID}"' }`, '5:15'],
    [`tables: { t: { a: "\${A}" } }\n${claims}`, '3:19'],
    [source('dynamodb: { table: t, region: eu-central-1, key: { "${PK}": user.id } }'), '4:59'],
  ])('is an error elsewhere: %s', (text, place) => {
    expect(found(text).filter((each) => each !== 'TE009 error 5:3')).toContain(`TE019 error ${place}`);
  });

  test('may stand where people explain themselves, and can be meant in an expression', () => {
    expect(found('claims:\n  a: { const: 1, kind: descriptive, purpose: "fills ${NAME}" }')).toEqual([]);
    expect(found(`claims:\n  a: { value: '"\\u0024{NAME}"', kind: descriptive }`)).toEqual([]);
  });
});

describe('the name of a scope', () => {
  test.each(['user', 'claims', 'tables', 'subject_type', 'crm', 'detail'])(
    '%s is not a placeholder',
    (name) => {
      const sources = 'sources: { crm: { http: { url: "https://x.example/" }, returns: { v: string } } }';
      expect(found(`${sources}\n${claims}\nscopes:\n  doc.{${name}}: { grant: "true" }`)).toEqual([
        'TE008 error 6:3',
      ]);
      expect(
        found(`${sources}\n${claims}\nscopes:\n  doc.{${name}_name}: { grant: ${name}_name in user.roles }`),
      ).toEqual([]);
    },
  );

  test('does not stand for others by a star', () => {
    expect(found(`${claims}\nscopes:\n  "*": { grant: "false" }`)).toEqual([]);
    expect(found(`${claims}\nscopes:\n  "*": { grant: "false", add: true }`)).toEqual(['TE009 error 5:3']);
    expect(found(`${claims}\nscopes:\n  "orders:*": { grant: "false" }`)).toEqual(['TE009 warning 5:3']);
  });
});

describe('characters that change the order of a text', () => {
  const all = ['\u061c', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069'];

  test.each(all)('%j is refused in a spec, comments too', (character) => {
    expect(found(`${claims} # a${character}b`)).toEqual(['TE001 error 3:51']);
    expect(found(`claims:\n  a: { value: 'client.id${character}', kind: descriptive }`)).toEqual([
      'TE001 error 4:25',
    ]);
  });

  test.each([...all, '\u0001', '\u007f'])(
    '%j is refused in an expression, however it came there',
    (character) => {
      const code = character.charCodeAt(0).toString(16).padStart(4, '0');
      const spec = (quoted: string) => `claims:\n  a: { value: ${quoted}, kind: descriptive }`;
      const { findings } = compileSpec(spec(`"client.id + 'a\\u${code}'"`));
      expect(findings).toMatchObject([
        { rule: 'TE004', help: `Remove it; in a text of the expression write it as \`\\u${code}\`.` },
      ]);
      expect(found(spec(`'client.id + "a\\u${code}"'`))).toEqual([]);
    },
  );

  test('is written as an escape where it is meant in a text', () => {
    expect(found('claims:\n  a: { const: "a\\u200eb", kind: descriptive }')).toEqual([]);
  });
});
