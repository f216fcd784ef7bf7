import { catalogue, checkIssuers, createPolicy, type Finding, readSpec } from '@claimsmith/core';
import { describe, expect, test } from 'vitest';
import { issuers } from '../src/issuers.ts';
import { claimsmith } from './terminal.ts';

const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));

/** What `claimsmith check` says of a spec, its head left out. */
function findingsOf(text: string): readonly Finding[] {
  const reading = readSpec({ file: 'x.yaml', text: `version: 1\nname: example\n${text}\n` }, settings);
  if (reading.draft === undefined) return reading.findings;
  const { spec, source, flaws } = reading.draft;
  const created = createPolicy(spec, source, flaws);
  const chosen = issuers.filter(({ id }) => Object.hasOwn(spec.issuers ?? {}, id));
  return [...reading.findings, ...created.findings, ...checkIssuers(created, chosen)];
}

describe('the examples of each rule', () => {
  const shown = catalogue.flatMap(({ id, bad, good }) => (bad && good ? [{ id, bad, good }] : []));

  test.each(shown)('$id: the bad one has such a finding, the good one has none', ({ id, bad, good }) => {
    expect(findingsOf(bad).map(({ rule }) => rule)).toContain(id);
    const left = findingsOf(good);
    expect(left.filter(({ rule, severity }) => rule === id || severity === 'error')).toEqual([]);
  });

  test('are there, but for rules about scenarios', () => {
    const none = catalogue.filter(({ bad, good }) => bad === undefined || good === undefined);
    expect(none.map(({ id }) => id)).toEqual(['TE017', 'TE018']);
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
