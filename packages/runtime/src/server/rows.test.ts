import { expect, test } from 'vitest';
import { replyOf } from './rows.ts';

test('a column of JSON that is nested too deeply to be sent on is malformed', () => {
  const levels = 100_000;
  const deep: unknown = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  const limitBytes = 10_000_000;
  expect(replyOf({ rows: 'one', limitBytes }, [{ deep }])).toEqual({ failure: 'malformed', passing: false });
  expect(replyOf({ rows: 'many', limitBytes }, [{ deep }])).toMatchObject({ failure: 'malformed' });
  expect(replyOf({ rows: 'one', limitBytes }, [{ deep: [[1]] }])).toMatchObject({ value: { deep: [[1]] } });
});
