import { expect, test } from 'vitest';
import { labelledNames, labelledValues } from './labelled.ts';
import { identityIn, privateIn, specialIn } from './personal.ts';
import { secretIn } from './secrets.ts';
import { personalValueOf } from './values.ts';

const finders = { secret: secretIn, private: privateIn, identity: identityIn, special: specialIn };

const names = Object.entries(labelledNames).flatMap(([label, text]) =>
  text
    .trim()
    .split(/\s+/)
    .map((name) => ({ label, of: name, found: labelOf(name) })),
);
const values = Object.entries(labelledValues).flatMap(([label, texts]) =>
  texts.map((text) => ({ label, of: text, found: personalValueOf(text) ?? 'none' })),
);

function labelOf(name: string): string {
  return Object.entries(finders).find(([, find]) => find(name) !== undefined)?.[0] ?? 'none';
}

/** Of what was found, the part that is right; of what there is, the part that was found. */
function measure(all: readonly { readonly label: string; readonly found: string }[]) {
  const right = all.filter(({ label, found }) => found !== 'none' && found === label).length;
  const told = all.filter(({ found }) => found !== 'none').length;
  const there = all.filter(({ label }) => label !== 'none').length;
  return { precision: right / told, recall: right / there };
}

test.each([
  ['names', names],
  ['values', values],
])('of labelled %s nearly all that is found is right, and nearly all that is there is found', (what, all) => {
  const { precision, recall } = measure(all);
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  const wrong = all.filter(({ label, found }) => label !== found);
  console.log(
    `${all.length} ${what}: precision ${percent(precision)}, recall ${percent(recall)}; wrong: ${wrong.map(({ of, label, found }) => `${of} (${label}, taken for ${found})`).join('; ')}`,
  );
  expect(precision).toBeGreaterThanOrEqual(0.95);
  expect(recall).toBeGreaterThanOrEqual(0.9);
});

test('the set has at least 500 names and values, and each once', () => {
  const all = [...names, ...values].map(({ of }) => of);
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(500);
});
