const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as authors write it: `400ms`, `15m`. */
export type Duration = `${number}${keyof typeof unitMs}`;
/** A size in bytes as authors write it: `256`, `256B`, `4kB`. */
export type Size = number | `${number}${'B' | 'kB'}`;

/** `15m` to milliseconds. The text has passed the schema's pattern. */
export function parseDuration(text: string): number {
  const unit = text.endsWith('ms') ? 'ms' : (text.slice(-1) as keyof typeof unitMs);
  return Number.parseInt(text, 10) * unitMs[unit];
}

/** `4kB` to bytes; k is 1,000. */
export function parseSize(size: number | string): number {
  if (typeof size === 'number') return size;
  return Number.parseInt(size, 10) * (size.endsWith('kB') ? 1_000 : 1);
}

/** Milliseconds as a person says them: `24h 10m`, `2d 3h`, `1m 30s`. Days only from two on. */
export function formatAge(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    if (unit === 'd' && ms < 2 * unitMs.d) continue;
    const count = Math.floor(rest / unitMs[unit]);
    rest -= count * unitMs[unit];
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.join(' ');
}

/** Milliseconds in the largest unit that divides them: 90000 is `90s`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms > 0 && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  }
  return `${ms}ms`;
}
