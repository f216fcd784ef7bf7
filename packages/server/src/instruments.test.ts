import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { counter, gauge, histogram, reading, renderAll } from './instruments.ts';

const help = 'What it says: a \\ and\ntwo lines, "in quotes".';
const buckets = [0.001, 0.25, 1];
const hostile = 'a "quoted" \\ name';

/** The same events, told to prom-client and to ours. */
function both() {
  const registry = new Registry();
  const registers = [registry];
  const theirs = {
    plain: new Counter({ name: 'plain_total', help, registers }),
    labelled: new Counter({ name: 'labelled_total', help, labelNames: ['a', 'b'], registers }),
    level: new Gauge({ name: 'level', help, registers }),
    up: new Gauge({ name: 'up', help, labelNames: ['source'], registers }),
    seconds: new Histogram({ name: 'seconds', help, labelNames: ['a'], buckets, registers }),
  };
  const ours = {
    plain: counter({ name: 'plain_total', help, labels: [] }),
    labelled: counter({ name: 'labelled_total', help, labels: ['a', 'b'] }),
    level: gauge({ name: 'level', help, labels: [] }),
    up: gauge({ name: 'up', help, labels: ['source'] }),
    seconds: histogram({ name: 'seconds', help, labels: ['a'] }, buckets),
  };
  return { registry, theirs, ours, text: () => renderAll(Object.values(ours)).text };
}

test('the text is the one of prom-client, before anything is counted', async () => {
  const { registry, text } = both();
  expect(text()).toBe(await registry.metrics());
  expect(renderAll([]).contentType).toBe(registry.contentType);
});

test('the text is the one of prom-client, whatever was counted', async () => {
  const { registry, theirs, ours, text } = both();
  for (const value of [0, 0.001, 0.0011, 0.25, 0.5, 1, 1.5, 1e21, 1e-9]) {
    theirs.seconds.observe({ a: 'x' }, value);
    ours.seconds.observe(value, 'x');
    theirs.seconds.observe({ a: hostile }, value * 3);
    ours.seconds.observe(value * 3, hostile);
    theirs.plain.inc();
    ours.plain.add();
    theirs.level.set(value);
    ours.level.set(value);
  }
  for (const [a, b] of [
    ['x', 'y'],
    ['x', ''],
    ['', 'x'],
    [hostile, 'é'],
    ['x', 'y'],
  ] as const) {
    theirs.labelled.inc({ a, b });
    ours.labelled.add(a, b);
  }
  for (const source of ['one', 'two', hostile]) {
    theirs.up.set({ source }, 1);
    ours.up.set(1, source);
  }
  theirs.up.remove({ source: 'two' });
  ours.up.remove('two');
  expect(text()).toBe(await registry.metrics());
  theirs.up.reset();
  ours.up.reset();
  expect(text()).toBe(await registry.metrics());
});

test('a reading is taken when it is asked for', () => {
  let value = 1;
  const instrument = reading('now', 'Now.', 'gauge', () => value);
  value = 2;
  expect(instrument.render()).toBe('# HELP now Now.\n# TYPE now gauge\nnow 2');
});
