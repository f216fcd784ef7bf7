import { createPolicy, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { describe, expect, test } from 'vitest';
import { previewNetwork, previewSettings } from './answers.ts';

function policy(...urls: readonly string[]): Policy {
  const sources = urls.map(
    (url, index) =>
      `  s${index}: { http: { url: ${JSON.stringify(url)} }, returns: { a: string }, limit: 100B }`,
  );
  const claims = urls.map((_, index) => `  c${index}: { value: s${index}.a, kind: descriptive }`);
  const text = `version: 1\nname: p\nsources:\n${sources.join('\n')}\nclaims:\n${claims.join('\n')}\n`;
  const { spec, source, findings } = readSpec({ file: 'p.yaml', text }, {});
  const created = spec && createPolicy(spec, source).policy;
  if (created === undefined)
    throw new Error(JSON.stringify([findings, spec && createPolicy(spec, source).findings]));
  return created;
}

describe('previewNetwork', () => {
  const two = policy('https://h.example/u/{user.id}', 'https://h.example/o/{org.id}?q={user.name}&x=1');
  const answers = { s0: { value: { a: 'zero' } }, s1: { value: { a: 'one' } } };

  test('each source answers at its own address', async () => {
    const { fetch, unanswered } = previewNetwork(two, answers, []);
    expect(await (await fetch('https://h.example/u/a%2Fb', {})).json()).toEqual({ a: 'zero' });
    expect(await (await fetch('https://h.example/o/x?q=%26&x=1', {})).json()).toEqual({ a: 'one' });
    expect(unanswered.size).toBe(0);
  });

  test.each([
    'https://h.example/u/a/b',
    'https://h.example/u',
    'https://hxexample/u/a',
    'https://h.example/o/x?q=&x=2',
    'nonsense',
  ])('nobody is at %s', async (url) => {
    await expect(previewNetwork(two, answers, []).fetch(url, {})).rejects.toThrow('fetch failed');
  });

  test('addresses of the same form are told apart by what the policy asks', async () => {
    const alike = policy('https://h.example/{user.id}', 'https://h.example/{org.id}');
    const needs = [
      { source: 's0', url: 'https://h.example/u' },
      { source: 's1', url: 'https://h.example/o' },
    ];
    const { fetch } = previewNetwork(alike, answers, needs);
    expect(await (await fetch('https://h.example/o', {})).json()).toEqual({ a: 'one' });
    expect(await (await fetch('https://h.example/u', {})).json()).toEqual({ a: 'zero' });
  });

  test('settings stand for themselves, a whole address among them', async () => {
    const set = policy('${BASE_URL}/u/{user.id}', 'https://${MY_HOST}/o');
    const settings = previewSettings(set);
    expect(settings).toEqual({
      BASE_URL: 'https://base-url.preview.invalid',
      MY_HOST: 'my-host.preview.invalid',
    });
    const { fetch } = previewNetwork(set, answers, [{ source: 's1', url: 'https://${MY_HOST}/o' }]);
    expect(await (await fetch(`${settings['BASE_URL']}/u/1`, {})).json()).toEqual({ a: 'zero' });
    expect(await (await fetch('https://my-host.preview.invalid/o', {})).json()).toEqual({ a: 'one' });
  });

  test('failures fail as named', async () => {
    const url = 'https://h.example/u/1';
    const failing = (fails: 'timeout' | 'network' | 'status' | 'too_large' | 'malformed') =>
      previewNetwork(two, { s0: { fails } }, []).fetch(url, { signal: AbortSignal.timeout(10) });
    await expect(failing('timeout')).rejects.toThrow(/timeout/);
    await expect(failing('network')).rejects.toThrow('fetch failed');
    expect((await failing('status')).status).toBe(500);
    expect((await (await failing('too_large')).text()).length).toBeGreaterThan(100);
    await expect((await failing('malformed')).json()).rejects.toThrow(SyntaxError);
  });

  test('a source that nobody thought of fails, and is named', async () => {
    const { fetch, unanswered } = previewNetwork(two, {}, []);
    await expect(fetch('https://h.example/u/1', {})).rejects.toThrow('fetch failed');
    expect([...unanswered]).toEqual(['s0']);
  });
});
