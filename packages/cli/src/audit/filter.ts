import { CliError } from '../error.ts';
import type { FlagsOf } from '../flags.ts';
import { visible } from '../output/text.ts';
import type { Entry } from './join-parts.ts';
import { timeOf } from './record.ts';
import { subjectOf } from './subject.ts';

type Flags = Partial<Omit<FlagsOf<'audit'>, 'json'>>;

/**
 * Which records the flags ask for.
 *
 * @throws CliError `usage` if a time cannot be read, or there is no key for `--subject`
 */
export function filterOf(flags: Flags): (entry: Entry) => boolean {
  const { subject, client, claim, policy, decision } = flags;
  const digest = subject === undefined ? undefined : subjectOf(subject, flags['key-from']);
  const since = timeFrom('--since', flags.since) ?? 0;
  const until = timeFrom('--until', flags.until) ?? Number.POSITIVE_INFINITY;
  return ({ record }) => {
    const time = timeOf(record);
    const claims = [...(record.claims ?? []), ...(record.native ?? [])];
    return (
      time >= since &&
      time < until &&
      (digest === undefined || record.subject === digest) &&
      (client === undefined || record.client === client) &&
      (claim === undefined || claims.includes(claim)) &&
      (policy === undefined ||
        record.claimsmith.split('@').includes(policy) ||
        record.claimsmith === policy) &&
      (decision === undefined || record.decision === decision)
    );
  };
}

/** A date begins at midnight, UTC. */
function timeFrom(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = isTime ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new CliError(
    'usage',
    `${flag} is a date or a time, such as 2026-12-01 or 2026-12-01T04:00:00Z, not "${visible(text)}"`,
  );
}
