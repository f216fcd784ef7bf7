import type { Answers } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPolicy, fixedText, unusedAcceptances } from '../src/index.ts';
import { evaluateProgram, generateProgram } from '../src/program/index.ts';
import { readSpec } from '../src/spec/index.ts';

const today = '2026-03-15';

/** A spec, with the findings that `check` would have. */
function checked(text: string) {
  const reading = readSpec({ file: 'x.yaml', text }, {});
  if (reading.draft === undefined) throw new Error(JSON.stringify(reading.findings));
  const created = createPolicy(reading.draft.spec, reading.draft.source, { today });
  const found = [...reading.findings, ...created.findings];
  const { acceptances, spec, source } = created.draft ?? {
    acceptances: [],
    spec: reading.draft.spec,
    source: reading.source,
  };
  const findings = [...found, ...unusedAcceptances(found, acceptances, source, spec.accept?.length)];
  return { ...reading.draft, created, findings };
}

function fixed(text: string): string {
  const { source, findings } = checked(text);
  return fixedText(source, findings).text;
}

const head = 'version: 1\nname: demo\n';

describe('a fix', () => {
  test.each([
    [
      'quotes words',
      'claims:\n  a: { const: yes, kind: descriptive } # b',
      "claims:\n  a: { const: 'yes', kind: descriptive } # b",
    ],
    [
      'removes a bound among others',
      'claims:\n  a: { value: org.id, maxItems: 5, kind: descriptive }',
      'claims:\n  a: { value: org.id, kind: descriptive }',
    ],
    [
      'removes the last one',
      'claims:\n  a: { value: org.id, kind: descriptive, maxItems: 5 }',
      'claims:\n  a: { value: org.id, kind: descriptive }',
    ],
    [
      'removes a line with its comment, and no other',
      'claims:\n  a:\n    value: org.id\n    maxItems: 5 # five\n    # the kind\n    kind: descriptive',
      'claims:\n  a:\n    value: org.id\n    # the kind\n    kind: descriptive',
    ],
    [
      'keeps carriage returns',
      'claims:\r\n  a:\r\n    maxItems: 5\r\n    value: org.id\r\n    kind: descriptive',
      'claims:\r\n  a:\r\n    value: org.id\r\n    kind: descriptive',
    ],
    [
      'removes a line with a comment and a carriage return',
      'claims:\r\n  a:\r\n    maxItems: 5 # five\r\n    value: org.id\r\n    kind: descriptive',
      'claims:\r\n  a:\r\n    value: org.id\r\n    kind: descriptive',
    ],
    [
      'removes an acceptance',
      'claims: {}\nmarker: false\naccept:\n  - { rule: TE603, at: marker, because: b, owner: o, until: 2026-04-01 }\n  - { rule: TE702, at: claims, because: b, owner: o, until: 2026-04-01 }',
      'claims: {}\nmarker: false\naccept:\n  - { rule: TE603, at: marker, because: b, owner: o, until: 2026-04-01 }\n',
    ],
    [
      'removes all of them with their key',
      'claims: {}\naccept:\n  - { rule: TE701, at: claims, because: b, owner: o, until: 2026-04-01 }\n  - { rule: TE702, at: claims, because: b, owner: o, until: 2026-04-01 }\nowner: me'.replaceAll(
        'TE701',
        'TE703',
      ),
      'claims: {}\nowner: me',
    ],
    [
      'keeps what an alias refers to',
      'claims:\n  a: { value: org.id, kind: descriptive, maxItems: &n 5 }\n  b: { value: user.roles, kind: descriptive, maxItems: *n }',
      'claims:\n  a: { value: org.id, kind: descriptive, maxItems: &n 5 }\n  b: { value: user.roles, kind: descriptive, maxItems: *n }',
    ],
    [
      'removes `stale` that no `maxAge` limits',
      'sources:\n  crm:\n    http: { url: "https://crm.acme.example/" }\n    returns: { ok: bool }\n    cache: 1m\n    stale: 1h\nclaims:\n  a: { value: crm.ok, kind: authoritative }',
      'sources:\n  crm:\n    http: { url: "https://crm.acme.example/" }\n    returns: { ok: bool }\n    cache: 1m\nclaims:\n  a: { value: crm.ok, kind: authoritative }',
    ],
    [
      'asks over https, whatever the quotes',
      "sources:\n  a: { http: { url: 'http://a.acme.example/' }, returns: { ok: bool } }\n  b: { http: { url: http://b.acme.example/ }, returns: { ok: bool } }\nclaims: {}",
      "sources:\n  a: { http: { url: 'https://a.acme.example/' }, returns: { ok: bool } }\n  b: { http: { url: https://b.acme.example/ }, returns: { ok: bool } }\nclaims: {}",
    ],
    [
      'keeps an address with a port, where the server does not speak https',
      'sources:\n  a: { http: { url: "http://a.acme.example:8080/" }, returns: { ok: bool } }\nclaims: {}',
      'sources:\n  a: { http: { url: "http://a.acme.example:8080/" }, returns: { ok: bool } }\nclaims: {}',
    ],
    ['removes `marker: false`', 'marker: false # none\nclaims: {}', 'claims: {}'],
    [
      'keeps what is accepted',
      'claims: {}\nmarker: false\naccept:\n  - { rule: TE603, at: marker, because: b, owner: o, until: 2026-04-01 }',
      'claims: {}\nmarker: false\naccept:\n  - { rule: TE603, at: marker, because: b, owner: o, until: 2026-04-01 }',
    ],
  ])('%s', (_, before, after) => {
    expect(fixed(head + before)).toBe(head + after);
  });
});

/** A claim with a sin or without, in one of the layouts of YAML. */
const claim = fc
  .record({
    value: fc.constantFrom(
      'value: org.id',
      'const: yes',
      'const: no',
      'const: on',
      'value: user.roles',
      'value: user.logins_count',
      'const: "it\'s"',
      'const: 1_000',
    ),
    bound: fc.constantFrom('', 'maxItems: 3', 'maxBytes: 9', 'maxBytes: 2kB'),
    more: fc.constantFrom('', 'onMissing: { default: n }', 'when: \'user.id != "no"\'', 'owner: off'),
    layout: fc.constantFrom('flow', 'block'),
    isFirst: fc.boolean(),
    comment: fc.constantFrom('', ' # keep'),
  })
  .map(({ value, bound, more, layout, isFirst, comment }) => {
    const rest = [value, 'kind: descriptive', more];
    const parts = (isFirst ? [bound, ...rest] : [...rest, bound]).filter((part) => part !== '');
    return layout === 'flow'
      ? `{ ${parts.join(', ')} }${comment}`
      : `\n${parts.map((part) => `    # about it\n    ${part}`).join('\n')}`;
  });

/** The parts of a spec beside its claims, with a sin or without. */
const rest = fc
  .record({
    marker: fc.constantFrom('', 'marker: false\n', 'marker: rev # keep\n'),
    scheme: fc.constantFrom('http', 'https'),
    stale: fc.constantFrom('', ', cache: 1m, stale: 1h', ', stale: 2h, cache: 5m'),
    maxAge: fc.constantFrom('', ', maxAge: 4h'),
    isRead: fc.boolean(),
  })
  .map(
    ({ marker, scheme, stale, maxAge, isRead }) =>
      `${marker}lifetime: { access: 5m }\nsources:\n  crm: { http: { url: ${scheme}://crm.acme.example/ }, returns: { limit: int }${stale} }\nclaims:\n${isRead ? `  limit: { value: crm.limit, kind: authoritative${maxAge} }\n` : ''}`,
  );

const answers: readonly Answers[] = [{ crm: { value: { limit: 7 }, ageSeconds: 0 } }, {}];

const contexts = [
  { subject_type: 'human', user: { id: 'u', roles: ['a', 'b'], logins_count: 3 }, org: { id: 'o' } },
  {
    subject_type: 'human',
    user: { id: 'no', roles: ['a', 'b', 'c', 'd'] },
    org: { id: 'a long name of an organization' },
  },
  { subject_type: 'machine', client: { id: 'job' } },
];

function decisions(text: string): unknown {
  // Bounds without effect are errors, so there is only a draft; it has all parts.
  const { draft: policy } = checked(text).created;
  if (policy === undefined) throw new Error(text);
  const program = evaluateProgram(generateProgram(policy));
  const marker = policy.marker?.claim ?? '';
  return contexts.flatMap((context) =>
    answers.map((answer) => {
      const decision = JSON.parse(JSON.stringify(program.decide(program.context(context), answer)));
      // The marker names the revision, which says that the text is another one.
      if (decision.access !== undefined) delete decision.access[marker];
      return decision;
    }),
  );
}

/** Errors with a fix. */
const fixable = ['TE012', 'TE408', 'TE507'];

test('no fix changes what is decided, and a second one finds nothing', () => {
  fc.assert(
    fc.property(rest, fc.array(claim, { minLength: 1, maxLength: 4 }), (beside, claims) => {
      const text = `${head}${beside}${claims.map((one, index) => `  c${index}: ${one}`).join('\n')}\n`;
      const { findings } = checked(text);
      // What cannot be built decides nothing.
      fc.pre(findings.every(({ severity, rule }) => severity !== 'error' || fixable.includes(rule)));
      const after = fixed(text);
      expect(fixed(after)).toBe(after);
      expect(checked(after).findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
      expect(after.split('# keep').length).toBe(text.split('# keep').length);
      expect(decisions(after)).toEqual(decisions(text));
    }),
    { numRuns: 60 },
  );
});
