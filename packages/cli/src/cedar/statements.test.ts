import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadCedar } from './load.ts';
import { joined } from './statements.ts';

const cedar = await loadCedar();

/** Parts of policies in which a semicolon or a quote ends nothing. */
const text = fc.constantFrom('a', ';', '//', '\\"', '\\\\', '\n', "'", 'ü').map((part) => `"${part}"`);
const comment = fc.tuple(fc.constantFrom('', ';', '"', '//', 'é'), fc.constantFrom('\n', '\r', '\r\n'));
const policy = fc
  .tuple(fc.array(comment, { maxLength: 2 }), text, fc.boolean())
  .map(
    ([comments, said, isAnnotated]) =>
      `${comments.map(([part, end]) => `// ${part}${end}`).join('')}${isAnnotated ? `@advice(${said}) ` : ''}permit (principal, action, resource) when { context.a == ${said} };`,
  );

test('the policies of several files are those that Cedar counts', () => {
  fc.assert(
    fc.property(fc.array(fc.array(policy, { maxLength: 3 }), { maxLength: 3 }), (files) => {
      const texts = joined(files.map((own, index) => ({ file: `${index}.cedar`, text: own.join(' ') })));
      const parts = cedar.policySetTextToParts(texts.text);
      expect(parts.type).toBe('success');
      if (parts.type === 'failure') return;
      expect(texts.statements()).toHaveLength(parts.policies.length);
      for (const { text: own } of texts.statements())
        expect(cedar.policySetTextToParts(own)).toMatchObject({ policies: [expect.anything()] });
    }),
    { numRuns: 100 },
  );
});
