/** One metric with its counted values, in the text format of Prometheus. */
export interface Instrument {
  render(): string;
}

/** Values by label, in the order of the labels' names. */
type Labels = readonly string[];

export interface Counter<Of extends Labels> extends Instrument {
  add(...labels: Of): void;
}

export interface Gauge<Of extends Labels> extends Instrument {
  set(value: number, ...labels: Of): void;
  remove(...labels: Of): void;
  /** Removes all values. */
  reset(): void;
}

export interface Histogram<Of extends Labels> extends Instrument {
  observe(value: number, ...labels: Of): void;
}

/** What a metric is called, what it says, and the names of its labels. */
interface About<Of extends Labels> {
  readonly name: string;
  readonly help: string;
  readonly labels: { readonly [Index in keyof Of]: string };
}

/** Metrics in the text format of Prometheus. */
export interface Rendered {
  readonly contentType: string;
  readonly text: string;
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export function renderAll(instruments: Iterable<Instrument>): Rendered {
  const text = `${[...instruments].map((instrument) => instrument.render()).join('\n\n')}\n`;
  return { contentType: 'text/plain; version=0.0.4; charset=utf-8', text };
}

/** Counts up. A counter without labels starts at 0. */
export function counter<const Of extends Labels>(about: About<Of>): Counter<Of> {
  const { values, render } = samples(about, 'counter');
  return {
    add(...labels) {
      const key = keyOf(labels);
      values.set(key, (values.get(key) ?? 0) + 1);
    },
    render,
  };
}

/** Holds the last value. A gauge without labels starts at 0. */
export function gauge<const Of extends Labels>(about: About<Of>): Gauge<Of> {
  const { values, render } = samples(about, 'gauge');
  return {
    set: (value, ...labels) => void values.set(keyOf(labels), value),
    remove: (...labels) => void values.delete(keyOf(labels)),
    reset: () => values.clear(),
    render,
  };
}

/** A value that is read when it is asked for. */
export function reading(
  name: string,
  help: string,
  type: 'counter' | 'gauge',
  read: () => number,
): Instrument {
  return { render: () => `${head({ name, help, labels: [] }, type)}\n${name} ${read()}` };
}

/** @param bounds the upper bounds of its buckets, ascending */
export function histogram<const Of extends Labels>(
  about: About<Of>,
  bounds: readonly number[],
): Histogram<Of> {
  const all = new Map<string, { readonly counts: number[]; sum: number }>();
  return {
    observe(value, ...labels) {
      const key = keyOf(labels);
      let observed = all.get(key);
      if (observed === undefined) {
        observed = { counts: [...bounds, Number.POSITIVE_INFINITY].map(() => 0), sum: 0 };
        all.set(key, observed);
      }
      let bucket = 0;
      while (bucket < bounds.length && !(value <= (bounds[bucket] ?? 0))) bucket++;
      observed.counts[bucket] = (observed.counts[bucket] ?? 0) + 1;
      observed.sum += value;
    },
    render() {
      const lines = [...all].flatMap(([key, { counts, sum }]) => {
        const given = pairs(about.labels, key);
        let count = 0;
        const buckets = counts.map((inBucket, index) => {
          count += inBucket;
          return sample(`${about.name}_bucket`, [`le="${bounds[index] ?? '+Inf'}"`, ...given], count);
        });
        return [
          ...buckets,
          sample(`${about.name}_sum`, given, sum),
          sample(`${about.name}_count`, given, count),
        ];
      });
      return [head(about, 'histogram'), ...lines].join('\n');
    },
  };
}

function samples(about: About<Labels>, type: 'counter' | 'gauge') {
  const values = new Map<string, number>();
  if (about.labels.length === 0) values.set('', 0);
  const render = () =>
    [
      head(about, type),
      ...[...values].map(([key, value]) => sample(about.name, pairs(about.labels, key), value)),
    ].join('\n');
  return { values, render };
}

/** Labels are names and constants of a policy, and hold no line break. */
function keyOf(labels: Labels): string {
  const [first = '', ...others] = labels;
  let key = first;
  for (const label of others) key = `${key}\n${label}`;
  return key;
}

function pairs(names: readonly string[], key: string): readonly string[] {
  const values = key.split('\n');
  return names.map((name, index) => `${name}="${escaped(values[index] ?? '').replaceAll('"', '\\"')}"`);
}

function sample(name: string, labels: readonly string[], value: number): string {
  return `${name}${labels.length === 0 ? '' : `{${labels.join(',')}}`} ${value}`;
}

function head({ name, help }: About<Labels>, type: string): string {
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
