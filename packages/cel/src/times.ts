/** A time: whole seconds (of 1970, or of the duration) and nanoseconds, which are never negative. */
export interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Reads a constant timestamp in RFC 3339; undefined for anything that fails when an expression is evaluated. */
export function parseTimestamp(text: string): Time | undefined {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return undefined;
  const [, ...written] = parts;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = written.slice(0, 6).map(Number);
  const [fraction = '', sign = '+', hours = '0', minutes = '0'] = written.slice(6);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // A date that does not exist, such as 30 February, would become another one.
  const isReal = date.toISOString().startsWith(text.slice(0, 19));
  if (!isReal || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  return inTimestamps({ seconds: date.getTime() / 1000 - offset, nanos: Number(fraction.padEnd(9, '0')) });
}

/** A time as a timestamp; undefined outside the years 1 to 9999. */
export function inTimestamps(time: Time): Time | undefined {
  return time.seconds >= -62_135_596_800 && time.seconds <= 253_402_300_799 ? time : undefined;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const SECOND = 1_000_000_000n;

/** Reads a constant duration such as `1h30m`; undefined for anything that fails when an expression is evaluated. */
export function parseDuration(text: string): Time | undefined {
  if (!/^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/.test(text))
    return undefined;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(
    /(\d*)(?:\.(\d*))?([a-z\u00b5\u03bc]+)/g,
  )) {
    const size = UNITS[unit] ?? 0n;
    nanos +=
      BigInt(whole) * size +
      (BigInt(fraction.slice(0, 12)) * size) / 10n ** BigInt(Math.min(fraction.length, 12));
  }
  const total = text.startsWith('-') ? -nanos : nanos;
  if (BigInt.asIntN(64, total) !== total) return undefined;
  const rest = ((total % SECOND) + SECOND) % SECOND;
  return { seconds: Number((total - rest) / SECOND), nanos: Number(rest) };
}
