import {
  catalogue,
  checkIssuers,
  createPolicy,
  type Finding,
  formatPath,
  isError,
  type Profile,
} from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { describe, expect, test } from 'vitest';
import { issuers } from '../src/issuers.ts';
import { exportAll } from '../src/run/exported.ts';
import { otherPlaces, ruleFixtures } from './rule-fixtures.ts';
import { claimsmith } from './terminal.ts';

const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));

/** What `claimsmith check` says of a spec, its head left out, on a day of 2026. */
function checked(text: string, profiles: readonly Profile[] = []) {
  const reading = readSpec({ file: 'x.yaml', text: `version: 1\nname: example\n${text}\n` }, settings);
  if (reading.draft === undefined) return { findings: reading.findings };
  const { spec, source, flaws } = reading.draft;
  const created = createPolicy(spec, source, {
    flaws,
    today: '2026-03-15',
    issuers: issuers.map(({ id }) => id),
    profiles,
  });
  const chosen = issuers.filter(({ id }) => Object.hasOwn(spec.issuers ?? {}, id));
  const findings = [...reading.findings, ...created.findings, ...checkIssuers(created, chosen)];
  return { findings, policy: reading.spec && created.policy, chosen, created };
}

function findingsOf(text: string, profile?: Profile): readonly Finding[] {
  return checked(text, profile === undefined ? [] : [profile]).findings;
}

/** What `claimsmith export` says. */
async function exported(text: string, format: string): Promise<readonly Finding[]> {
  const { findings, created, chosen: issuers = [] } = checked(text);
  const policyAt = (id: string) => created?.at(id).policy;
  return (await exportAll({ policyAt, issuers, findings }, format)).findings;
}

describe('the examples of each rule that export reports', () => {
  const shown = catalogue.flatMap(({ id, format, bad, good }) =>
    format && bad && good ? [{ id, format, bad, good }] : [],
  );

  test.each(shown)('$id: the bad one has such a finding, the good one has none', async (rule) => {
    const { id, format, bad, good } = rule;
    expect((await exported(bad, format)).map((finding) => finding.rule)).toContain(id);
    const left = await exported(good, format);
    expect(left.filter((finding) => finding.rule === id || isError(finding))).toEqual([]);
    expect(findingsOf(bad).filter((finding) => finding.rule === id || isError(finding))).toEqual([]);
  });

  test('are for all rules of exports', () => {
    expect(shown.map(({ id }) => id)).toEqual(['TE940', 'TE941', 'TE942', 'TE943', 'TE944', 'TE945']);
  });
});

describe('the examples of each rule', () => {
  const shown = catalogue.flatMap(({ id, profile, format, bad, good }) =>
    format === undefined && bad && good ? [{ id, profile, bad, good }] : [],
  );

  test.each(shown)('$id: the bad one has such a finding, the good one has none', (rule) => {
    const { id, profile, bad, good } = rule;
    expect(findingsOf(bad, profile).map((finding) => finding.rule)).toContain(id);
    const left = findingsOf(good, profile).filter(({ accepted }) => accepted === undefined);
    expect(left.filter((finding) => finding.rule === id)).toEqual([]);
  });

  const others = Object.entries(ruleFixtures).map(([id, fixture]) => ({
    id,
    profile: catalogue.find((rule) => rule.id === id)?.profile,
    ...fixture,
  }));

  test.each(others)('$id: another bad one has such a finding, another good one has none', (rule) => {
    const { id, profile, bad, good } = rule;
    expect(findingsOf(bad, profile).map((finding) => finding.rule)).toContain(id);
    const left = findingsOf(good, profile);
    expect(left.filter((finding) => finding.rule === id || isError(finding))).toEqual([]);
  });

  test.each(otherPlaces)('are found in other places, and there alone: %#', (spec) => {
    const marked = spec.split('\n').flatMap((line, index) => {
      const [, id] = /# (TE\w+)$/.exec(line) ?? [];
      return id === undefined ? [] : [{ id, line: index + 3 }];
    });
    const ids = new Set(marked.map(({ id }) => id));
    const found = findingsOf(spec).filter(({ rule }) => ids.has(rule));
    const places = found.map(({ rule, range }) => ({ id: rule, line: range?.start.line ?? 0 }));
    expect(places.sort((a, b) => a.line - b.line)).toEqual(marked);
  });

  test.each(shown)('$id: the good one is clean, but for what an issuer cannot do', ({ good }) => {
    const left = findingsOf(good).filter(
      (finding) =>
        finding.accepted === undefined &&
        (isError(finding) || (finding.severity === 'warning' && finding.issuer === undefined)),
    );
    expect(left).toEqual([]);
  });

  test.each(shown.filter(({ profile }) => profile !== undefined))(
    '$id: without its profile the bad one has no such finding',
    ({ id, bad }) => expect(findingsOf(bad).filter(({ rule }) => rule === id)).toEqual([]),
  );

  test.each(shown)('$id: where all errors are accepted, files are built, or none can be', async ({ bad }) => {
    const errors = findingsOf(bad).filter(isError);
    const firm = catalogue.filter(({ unacceptable }) => unacceptable).map(({ id }) => id);
    const isFirm = errors.some(({ rule }) => firm.includes(rule));
    const accept = errors.map(({ rule, range }) => {
      const at = formatPath(range?.path?.slice(0, 2) ?? []);
      return { rule, at, because: 'For now.', owner: 'me', until: '2026-03-31' };
    });
    const {
      findings,
      policy,
      chosen = [],
    } = checked(accept.length === 0 ? bad : `${bad}\naccept: ${JSON.stringify(accept)}`);
    expect(findings.some(isError)).toBe(isFirm);
    if (isFirm || policy === undefined) return;
    for (const issuer of chosen) {
      const { artifacts } = await issuer.compile(policy);
      expect(artifacts.length).toBeGreaterThan(0);
    }
  });

  test('are there, but for rules about scenarios and environments', () => {
    const none = catalogue.filter(({ bad, good }) => bad === undefined || good === undefined);
    expect(none.map(({ id }) => id)).toEqual([
      'TE017',
      'TE018',
      'TE020',
      'TE021',
      'TE608',
      'TE609',
      'TE950',
      'TE951',
      'TE952',
      'TE953',
      'TE954',
    ]);
  });
});

test('explain says what a rule is about, with both examples', async () => {
  for (const { id, title, bad = '', good = '' } of catalogue) {
    const { code, out } = await claimsmith('.', 'explain', id);
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(title);
    for (const line of [...bad.split('\n'), ...good.split('\n')]) expect(out).toContain(line);
  }
  await expect((await claimsmith('.', 'explain', 'TE203')).out).toMatchFileSnapshot(
    'golden/explain-TE203.txt',
  );
});
