import type { Decision } from '@claimsmith/runtime';
import { expect, test, vi } from 'vitest';
import type { TriggerEvent } from './event.ts';
import { preTokenGeneration, preTokenGenerationV1 } from './trigger.ts';

const decision: Decision = {
  denied: undefined,
  access: {},
  id: {},
  scopes: { add: [], remove: [] },
  lifetimeSeconds: undefined,
  outcomes: [],
};

test('an event that cannot be read gives no token and a constant text', async () => {
  const event: TriggerEvent = JSON.parse('null');
  const unavailable = 'enrichment_unavailable';
  await expect(preTokenGeneration('a@1', '3', event, () => decision)).rejects.toThrow(unavailable);
  await expect(preTokenGenerationV1('a@1', event, () => decision)).rejects.toThrow(unavailable);
});

test('a digest that fails leaves the token and the rest of the record as they are', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const event = { version: '3', triggerSource: 'TokenGeneration_HostedAuth' };
  const subject = () => Promise.reject(new Error('no settings'));
  await preTokenGeneration('a@1', '3', event, () => Promise.resolve(decision), subject);
  const [line] = log.mock.calls.flat();
  log.mockRestore();
  expect(JSON.parse(String(line))).toMatchObject({ claimsmith: 'a@1', decision: 'issued' });
});
