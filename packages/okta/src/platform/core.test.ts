import { expect, it } from 'vitest';
import { deciding, hookPolicy, nobody, secret, unavailable } from '../../test/hook-fixtures.ts';
import { codeFlow, nowMs } from '../../test/payloads.ts';
import { createCore } from './core.ts';
import type { Refusal } from './index.ts';

it('an exchange is answered once, whatever comes later', async () => {
  const replies: string[] = [];
  const causes: Refusal[] = [];
  let recorded: () => void = () => undefined;
  const core = createCore({
    policy: hookPolicy(deciding({ access: { tenant: 'acme' } }), { deadlineMs: 30 }),
    asking: nobody,
    authentication: { kind: 'header', secrets: [secret] },
    clock: () => nowMs,
    record: () =>
      new Promise((resolve) => {
        recorded = resolve;
      }),
    onRefused: (cause) => causes.push(cause),
  });
  const body = Buffer.from(JSON.stringify(codeFlow));
  core.answer(
    secret,
    body,
    (bytes, take) => {
      take(bytes);
      take(undefined);
      take(bytes);
    },
    (text) => replies.push(text),
  );
  await expect.poll(() => replies).toEqual([JSON.stringify(unavailable)]);
  recorded();
  await new Promise(setImmediate);
  expect(replies).toHaveLength(1);
  expect(causes).toEqual(['deadline']);
});
