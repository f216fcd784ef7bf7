import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { acceptanceOf } from '../src/acceptance.ts';
import {
  createPolicy,
  type Finding,
  formatPath,
  isError,
  type Path,
  unusedAcceptances,
} from '../src/index.ts';
import { renderGithub, renderJson, renderPretty, renderSarif } from '../src/render/index.ts';
import { readSpec } from '../src/spec/index.ts';
import { sourceOf } from '../src/spec/locate.ts';

const today = '2026-01-10';
const spec = `version: 1
name: demo
claims:
  limit: { value: org.id, kind: authoritative, onMissing: { default: none } }
  other: { value: org.id, kind: authoritative, onMissing: omit }
scopes: { a.b: { grant: "true" }, a: { grant: "true" } }
deny: [{ when: "false", reason: first }, { when: "false", reason: second }]
issuers: { okta: { deep: x }, auth0: {} }
`;

function check(accept: string, day: string | null = today) {
  const anything = z.looseObject({});
  const reading = readSpec(
    { file: 'x.yaml', text: `${spec}accept:\n  - ${accept}\n` },
    { okta: anything, auth0: anything },
  );
  if (reading.spec === undefined) throw new Error(JSON.stringify(reading.findings));
  return createPolicy(reading.spec, reading.source, day === null ? {} : { today: day });
}

const because = 'because: The new API is late., owner: team@acme.example';
const until = (day: string, rule = 'TE702', at = 'claims.limit') =>
  check(`{ rule: ${rule}, at: ${at}, ${because}, until: ${day} }`);

const told = ({ findings }: { readonly findings: readonly Finding[] }) =>
  findings.filter(({ accepted }) => accepted === undefined).map(({ rule, message }) => `${rule} ${message}`);

describe('an acceptance', () => {
  test('lets its findings be, and no others', () => {
    const created = until('2026-02-01');
    expect(told(created)).toEqual([expect.stringMatching(/^TE702 .*`other`/)]);
    expect(created.policy).toBeUndefined();
    const accepted = created.findings.filter((finding) => finding.accepted);
    expect(accepted).toMatchObject([{ accepted: { owner: 'team@acme.example', until: '2026-02-01' } }]);
    expect(accepted.some(isError)).toBe(false);
  });

  test('makes a policy of a spec whose errors are all accepted, with the same revision', () => {
    const { policy } = until('2026-02-01', 'TE702', 'claims');
    expect(policy?.acceptances).toHaveLength(1);
    const later = until('2026-02-02', 'TE702', 'claims');
    expect(later.policy?.revision).toBe(policy?.revision);
  });

  test('holds on its last day and no longer', () => {
    expect(told(until(today, 'TE702', 'claims'))).toEqual([]);
    expect(told(until('2026-01-09', 'TE702', 'claims'))).toContain(
      'TE606 This acceptance of TE702 ended on 2026-01-09.',
    );
  });

  test('does not hold where no day is known', () => {
    expect(told(check(`{ rule: TE702, at: claims, ${because}, until: 2026-02-01 }`, null))).toHaveLength(2);
  });

  test('ends after 180 days, for errors of rules about safety after 30', () => {
    expect(told(until('2026-07-10', 'TE101')).join()).toContain(
      'may last at most 180 days; this one ends in 181 days',
    );
    expect(told(until('2026-07-09', 'TE101')).join()).not.toContain('TE606');
    expect(told(until('2026-02-09', 'TE702', 'claims'))).toEqual([]);
    const long = until('2026-02-10', 'TE702', 'claims');
    expect(told(long)).toHaveLength(2);
    expect(long.findings[0]?.help).toContain('errors of TE702 can be accepted for at most 30 days');
    expect(
      unusedAcceptances(long.findings, long.draft?.acceptances ?? [], sourceOf('x', '', undefined)),
    ).toEqual([]);
  });

  test.each([
    ['{ rule: TE702, at: claims.limit, owner: a, until: 2026-02-01 }', 'This acceptance lacks `because`.'],
    [
      '{ rule: TE702, at: claims.limit, because: " ", owner: "" }',
      'This acceptance lacks `because`, `owner`, `until`.',
    ],
    [`{ rule: TE999, at: claims.limit, ${because}, until: 2026-02-01 }`, 'Rule `TE999` does not exist.'],
    [`{ rule: TE004, at: claims.limit, ${because}, until: 2026-02-01 }`, 'TE004 cannot be accepted'],
    [`{ rule: TE606, at: claims.limit, ${because}, until: 2026-02-01 }`, 'TE606 cannot be accepted'],
    [`{ rule: TE803, at: claims.limit, ${because}, until: 2026-02-01 }`, 'TE803 cannot be accepted'],
    [
      `{ rule: TE702, at: claims.limt, ${because}, until: 2026-02-01 }`,
      'This spec does not have the part `claims.limt`.',
    ],
    [
      `{ rule: TE702, at: claims.constructor, ${because}, until: 2026-02-01 }`,
      'This spec does not have the part',
    ],
    [
      `{ rule: TE702, at: issuers.keycloak, ${because}, until: 2026-02-01 }`,
      'This spec does not have the part',
    ],
  ])('that is incomplete or about nothing is an error: %s', (accept, message) => {
    const created = check(accept);
    const finding = created.findings.find(({ rule }) => rule === 'TE606');
    expect(finding).toMatchObject({ severity: 'error', message: expect.stringContaining(message) });
    expect(finding?.range?.start.line).toBe(10);
    expect(created.policy).toBeUndefined();
  });

  test('that nothing needs is a warning', () => {
    const { findings, draft } = until('2026-02-01', 'TE101');
    expect(unusedAcceptances(findings, draft?.acceptances ?? [], sourceOf('x', '', undefined))).toMatchObject(
      [
        {
          rule: 'TE606',
          severity: 'warning',
          message: 'This acceptance has no effect: `claims.limit` has no finding of TE101.',
        },
      ],
    );
  });
});

describe('what an acceptance is about', () => {
  const range = (path: Path) => {
    const at = { line: 1, column: 1, offset: 0 };
    return { file: 'x', start: at, end: at, path };
  };
  const accepts = (at: string, path: Path, issuer?: string) => {
    const { draft } = until('2026-01-20', 'TE804', at);
    const finding: Finding = {
      rule: 'TE804',
      severity: 'error',
      message: 'No.',
      range: range(path),
      ...(issuer === undefined ? {} : { issuer }),
    };
    return acceptanceOf(finding, draft?.acceptances ?? []) !== undefined;
  };

  test.each<[string, Path, string | undefined, boolean]>([
    ['claims.limit', ['claims', 'limit', 'value'], 'okta', true],
    ['claims.limit', ['claims', 'other', 'value'], 'okta', false],
    ['claims.limit', ['claims'], 'okta', false],
    ['"deny[1]"', ['deny', 1, 'when'], 'okta', true],
    ['"deny[1]"', ['deny', 0, 'when'], 'okta', false],
    ['deny.second', ['deny', 1, 'when'], undefined, true],
    ['deny.second', ['deny', 0, 'when'], undefined, false],
    ['scopes.a.b', ['scopes', 'a.b'], undefined, true],
    ['scopes.a.b', ['scopes', 'a', 'grant'], undefined, false],
    ['scopes.a', ['scopes', 'a.b'], undefined, false],
    ['\'scopes["a.b"].grant\'', ['scopes', 'a.b', 'grant'], undefined, true],
    ['issuers.okta', ['claims', 'limit'], 'okta', true],
    ['issuers.okta', ['claims', 'limit'], 'auth0', false],
    ['issuers.okta', ['claims', 'limit'], undefined, false],
    ['issuers.okta.deep', ['issuers', 'okta', 'deep'], 'okta', true],
    ['issuers.okta.deep', ['claims', 'limit'], 'okta', false],
    ['issuers.okta.claims.limit', ['claims', 'limit', 'value'], 'okta', true],
    ['issuers.okta.claims.limit', ['claims', 'limit', 'value'], 'auth0', false],
    ['issuers.okta.deny.second', ['deny', 1], 'okta', true],
  ])('%s: %j at %s', (at, path, issuer, expected) => {
    expect(accepts(at, path, issuer)).toBe(expected);
  });

  test('the path that a finding is shown with is one that an acceptance takes', () => {
    const { findings } = until('2026-02-01', 'TE101');
    for (const { range } of findings) {
      const at = JSON.stringify(formatPath(range?.path ?? []));
      expect(told(until('2026-01-20', 'TE702', at)).join()).not.toContain('TE606');
    }
  });

  test('whatever the text, nothing throws, and only what is there is found', () => {
    const piece = fc.constantFrom(
      'claims',
      'limit',
      '.',
      '[',
      ']',
      '0',
      '"',
      'issuers',
      'okta',
      '__proto__',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const at = JSON.stringify(pieces.join(''));
        const { draft } = until('2026-01-20', 'TE804', at);
        for (const { path } of draft?.acceptances ?? [])
          expect(path.reduce<unknown>((value, step) => (value as never)[step], draft?.spec)).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('accepted findings', () => {
  const { findings } = until('2026-02-01', 'TE702', 'claims');

  test('are counted, and shown with their reason where they are asked for', () => {
    expect(renderPretty(findings, { sources: [] })).toBe(
      'No problems found, 1 accepted (claimsmith check --accepted shows them).\n',
    );
    const shown = renderPretty(findings, { sources: [], withAccepted: true });
    expect(shown).toContain('error  TE702  accepted until 2026-02-01');
    expect(shown).toContain('why   The new API is late. (team@acme.example)');
    expect(shown).toContain('No problems found, 1 accepted.');
  });

  test('are suppressed in SARIF, apart in JSON, and no annotations', () => {
    const sarif = JSON.parse(renderSarif(findings, { rules: [], version: '0' }));
    expect(sarif.runs[0].results[0].suppressions).toEqual([
      {
        kind: 'inSource',
        status: 'accepted',
        justification: 'The new API is late. (team@acme.example, until 2026-02-01)',
      },
    ]);
    const json = JSON.parse(renderJson(findings));
    expect([json.summary.error, json.findings]).toEqual([0, []]);
    expect(json.accepted).toMatchObject([
      { rule: 'TE702', at: 'claims.limit.onMissing', places: [{}], acceptance: { at: 'claims' } },
    ]);
    expect(renderGithub(findings)).toBe('');
  });
});
