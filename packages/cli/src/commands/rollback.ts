import { DeployError, type Restored, restoredBy, wantedOf } from '@claimsmith/deploy';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { visible } from '../output/text.ts';
import { execute } from '../publish/execute.ts';
import { openPublication, type Publication, type Site } from '../publish/open.ts';

type Flags = FlagsOf<'rollback'>;

/** Brings the release before, or one that is named, from the journal. */
export async function rollback(
  terminal: Terminal,
  [spec]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const to = releaseOf(flags.to);
  const publication = await openPublication(terminal, spec, flags);
  if (publication === undefined) return exit.failed;
  if (flags.list) return list(terminal, publication, flags.json);
  // Of all places before the first write.
  const restored = new Map(publication.sites.map((site) => [site, restoredAt(site, to)]));
  return await execute(
    terminal,
    publication,
    {
      by: 'rollback',
      aim: (site) => {
        const { snapshot, release, revision } = restored.get(site) ?? restoredAt(site, to);
        return {
          want: async (reading) => wantedOf(snapshot, reading.resources),
          goal: { revision },
          restores: release,
        };
      },
    },
    flags,
  );
}

function releaseOf(flag: string | undefined): number | undefined {
  if (flag === undefined) return undefined;
  if (/^\d{1,9}$/.test(flag)) return Number(flag);
  throw new CliError('usage', `--to is the number of a release, not "${flag}"; rollback --list shows them`);
}

function restoredAt({ journal, place }: Site, to: number | undefined): Restored {
  const restored = restoredBy(journal.history(), to);
  if (restored !== undefined) return restored;
  const what =
    to === undefined ? 'no earlier release' : `no finished release ${to} that was followed by another`;
  throw new DeployError('release', `${place.name}: the journal has ${what}. See rollback --list.`);
}

function list(terminal: Terminal, { sites }: Publication, isJson: boolean): ExitCode {
  const places = sites.map(({ issuer, place, journal }) => ({
    issuer: issuer.id,
    place: place.name,
    releases: journal.history().releases.map(({ number, at, by, policy, revision, restores, isDone }) => ({
      number,
      at,
      by,
      ...(revision === undefined ? {} : { policy: `${policy}@${revision}` }),
      ...(restores === undefined ? {} : { restores }),
      isDone,
    })),
  }));
  if (isJson) terminal.out(jsonDocument({ places }));
  else for (const place of places) terminal.out(placeText(place, terminal));
  return exit.fine;
}

function placeText(
  { issuer, place, releases }: { issuer: string; place: string; releases: readonly ReleaseLine[] },
  { paint }: Terminal,
): string {
  const rows = releases.map(({ number, at, by, policy = 'nothing', restores, isDone }) => {
    const what = restores === undefined ? policy : `${policy}, as release ${restores}`;
    return `  ${String(number).padStart(3)}  ${at}  ${by.padEnd(8)}  ${visible(what)}${isDone ? '' : paint.warn('  not finished')}\n`;
  });
  return `${paint.strong(issuer)}  ${visible(place)}\n${rows.length === 0 ? '  no releases\n' : rows.join('')}`;
}

interface ReleaseLine {
  readonly number: number;
  readonly at: string;
  readonly by: string;
  readonly policy?: string;
  readonly restores?: number;
  readonly isDone: boolean;
}
