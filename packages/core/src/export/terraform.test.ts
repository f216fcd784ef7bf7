import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { templateText } from '../../test/terraform-template.ts';
import {
  changedByTerraform,
  terraform,
  terraformFile,
  terraformJson,
  terraformLabel,
  terraformText,
} from './terraform.ts';

/** Texts with what templates are made of. */
const templates = fc
  .array(
    fc.constantFrom('$', '%', '{', '}', '~', '"', '\\', '\n', 'a', '${', '%{', '$${', '%%{', 'é', '\u2028'),
  )
  .map((pieces) => pieces.join(''));
const texts = fc.oneof(templates, fc.string({ unit: 'binary' }));

describe('a text', () => {
  test.each([
    ['${var.x}', '$${var.x}'],
    ['%{ if true }', '%%{ if true }'],
    ['$${x}', '$$${x}'],
    ['$%{x}', '$%%{x}'],
    ['${~ x ~}', '$${~ x ~}'],
    ['$(env:HOME) $ {a} 100% {b}', '$(env:HOME) $ {a} 100% {b}'],
  ])('%s is written as %s', (text, escaped) => {
    expect(terraformText(text)).toBe(escaped);
  });

  test('is what Terraform reads back, whatever it is', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(templateText(terraformText(text))).toBe(text);
      }),
    );
  });

  test('is data everywhere in a file, also as a key; an expression is not', () => {
    const file = terraformJson({
      resource: { a: { b: { '${k}': ['${x}', 1, true], c: terraform('var.c'), d: undefined } } },
    });
    expect(JSON.parse(file)).toEqual({
      resource: { a: { b: { '$${k}': ['$${x}', 1, true], c: '${var.c}' } } },
    });
  });

  test.each([
    ['e\u0301', 1],
    ['\u00e9', 0],
    ['\ud800', 1],
    ['\u{1f600}', 0],
  ])('%j that Terraform changes is found', (text, count) => {
    expect(changedByTerraform({ a: [{ b: text }, 1, terraform(text)] })).toHaveLength(count);
    expect(changedByTerraform({ [text]: true })).toHaveLength(count);
  });
});

test('a file is read from the folder of the module', () => {
  expect(terraformFile('auth0/post-login.js').code).toBe('file("${path.module}/auth0/post-login.js")');
});

describe('a label', () => {
  test.each([
    ['access_tier', 'access_tier'],
    ['a-b', 'a-b'],
  ])('%s stays', (text, label) => {
    expect(terraformLabel(text)).toBe(label);
  });

  test('is always one that Terraform takes, and differs where texts differ', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(terraformLabel(a)).toMatch(/^[A-Za-z_][A-Za-z0-9_-]*$/);
        if (a !== b) expect(terraformLabel(a)).not.toBe(terraformLabel(b));
      }),
    );
  });
});
