import type { Reading } from '@claimsmith/core';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { execute } from '../publish/execute.ts';
import { openPublication } from '../publish/open.ts';

type Flags = FlagsOf<'destroy'>;

/** Removes what is ours from all places of an environment, and nothing else. */
export async function destroy(
  terminal: Terminal,
  [spec]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const publication = await openPublication(terminal, spec, flags);
  if (publication === undefined) return exit.failed;
  const aim = () => ({
    want: async (reading: Reading) => reading.want(undefined),
    goal: { revision: undefined },
  });
  return await execute(terminal, publication, { by: 'destroy', aim }, flags);
}
