import { helperCall, type Site } from './generate/helpers.ts';
import { binary, type Js, numberLiteral } from './generate/js.ts';
import {
  type Constants,
  type Emit,
  type FunctionDeclaration,
  infix,
  type Overload,
  reader,
  same,
  total,
  unary,
} from './overloads.ts';
import { inTimestamps, parseDuration, parseTimestamp, type Time } from './times.ts';

/** `<` and its kin on times of one type. */
export function comparedTimes(symbol: string): Emit {
  return infix((left, right, site) =>
    binary(symbol, helperCall(site, 'compareTimes', [left, right]), numberLiteral(0)),
  );
}

function constant(type: 'timestamp' | 'duration', time: Time | undefined): string | undefined {
  return time && `new Opaque('${type}', ${time.seconds}, ${time.nanos})`;
}

const TIMESTAMPS: Constants = {
  fold: (value) =>
    constant(
      'timestamp',
      typeof value === 'string' ? parseTimestamp(value) : inTimestamps({ seconds: value, nanos: 0 }),
    ),
  help: timestampHelp,
};

function timestampHelp(value: string | number): string {
  if (typeof value === 'number') return 'a number is seconds since 1970, of the years 1 to 9999';
  if (/:60(?:\.\d+)?(?:Z|[+-])/i.test(value))
    return 'there are no leap seconds in UTC of computers; write :59';
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return `write "${value}T00:00:00Z"`;
  return 'write it in RFC 3339, such as "2026-05-01T12:00:00Z" or "2026-05-01T14:00:00+02:00"';
}

const DURATIONS: Constants = {
  fold: (value) => (typeof value === 'string' ? constant('duration', parseDuration(value)) : undefined),
  help: (value) =>
    /^\d+d$/.test(String(value))
      ? `write "${Number.parseInt(String(value), 10) * 24}h": a duration has no days`
      : 'write hours, minutes and seconds, such as "36h" or "1h30m", at most 292 years',
};

/** The zone that the parts of a timestamp are in. */
const ZONES: Constants = {
  isRequired: true,
  fold: (value) => (/^(?:UTC|Z|[+-]?00:00)$/.test(String(value)) ? '' : undefined),
  help: (value) => {
    const offset = /^([+-]?)(\d{2}):(\d{2})$/.exec(String(value));
    if (offset === null) {
      return 'parts of a time are in UTC; for a fixed offset, add it first: (now + duration("2h")).getHours()';
    }
    const [, sign, hours, minutes] = offset;
    const shift = `${Number(hours)}h${minutes === '00' ? '' : `${minutes}m`}`;
    return `parts of a time are in UTC; shift the time first: (time ${sign === '-' ? '-' : '+'} duration("${shift}"))`;
  },
};

/** A part of a timestamp. */
function part(name: string, summary: string, write: (time: Js, site: Site) => Js): FunctionDeclaration {
  const emit = unary(write);
  const overloads: Overload[] = [
    total(`timestamp.${name}() -> int`, emit),
    { ...total(`timestamp.${name}(string) -> int`, emit), constants: ZONES },
  ];
  return { name, summary, overloads };
}

/** A part of a timestamp and of a duration. */
function partOfBoth(name: string, summary: string, write: (time: Js, site: Site) => Js): FunctionDeclaration {
  const { overloads } = part(name, summary, write);
  const emit = unary(write);
  return {
    name,
    summary,
    overloads: [...overloads, total(`duration.${name}() -> int`, emit)],
    dynamic: emit,
  };
}

/** A part of the date. */
function ofDate(name: string, summary: string, index: number, base: 0 | 1 = 0): FunctionDeclaration {
  return part(name, summary, (time, site) => {
    const date = helperCall(site, 'dateOf', [time]);
    const found = { ...date, code: `${date.code}[${index}]` };
    return base === 0 ? found : binary('+', found, numberLiteral(base));
  });
}

/** A part of the time of day, and of a duration. */
function ofClock(name: string, summary: string, unit: number, size: number): FunctionDeclaration {
  return partOfBoth(name, summary, (time, site) => helperCall(site, 'clockOf', [time, unit, size]));
}

/** Functions of timestamps and durations. */
export const TIME_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'timestamp',
    summary: 'A moment: from text in RFC 3339, or from seconds since 1970.',
    overloads: [
      total('timestamp(timestamp) -> timestamp', same),
      reader('timestamp(string) -> timestamp', 'timestampFrom', TIMESTAMPS),
      reader(
        'timestamp(int) -> timestamp',
        unary((seconds, site) => helperCall(site, 'timeOf', ["'timestamp'", seconds, 0])),
        TIMESTAMPS,
      ),
    ],
    dynamic: (args, site, overloads) => {
      const isInt = overloads.some(({ parameters }) => parameters[0]?.kind === 'int');
      return helperCall(site, 'toTimestamp', [...args, String(isInt)]);
    },
  },
  {
    name: 'duration',
    summary: 'A span of time, from text such as "36h", "1h30m" or "0.5s"; units are h, m, s, ms, us and ns.',
    overloads: [
      total('duration(duration) -> duration', same),
      reader('duration(string) -> duration', 'durationFrom', DURATIONS),
    ],
    dynamic: 'toDuration',
  },
  ofDate('getFullYear', 'The year, in UTC as for all parts of a timestamp.', 0),
  ofDate('getMonth', 'The month, from 0 for January.', 1),
  ofDate('getDate', 'The day of the month, from 1.', 2, 1),
  ofDate('getDayOfMonth', 'The day of the month, from 0.', 2),
  ofDate('getDayOfYear', 'The day of the year, from 0.', 3),
  part('getDayOfWeek', 'The day of the week, from 0 for Sunday.', (time, site) =>
    helperCall(site, 'weekdayOf', [time]),
  ),
  ofClock('getHours', 'The hour of the day; of a duration, all its hours.', 3600, 24),
  ofClock('getMinutes', 'The minute of the hour; of a duration, all its minutes.', 60, 60),
  ofClock('getSeconds', 'The second of the minute; of a duration, all its seconds.', 1, 60),
  partOfBoth('getMilliseconds', 'The milliseconds of the second, also of a duration.', (time, site) =>
    helperCall(site, 'millisecondsOf', [time]),
  ),
];
