import { plain, type Terminal } from '../src/output/terminal.ts';
import { run } from '../src/run.ts';

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, in `cwd`, without colour. */
export async function claimsmith(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return await claimsmithAt(cwd, 100, ...args);
}

/** The same as somebody runs it in a clone. */
export async function npxClaimsmith(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return await runIn({ cwd, width: 100, program: 'npx claimsmith' }, args);
}

/** The same on a terminal of `width` columns. */
export async function claimsmithAt(cwd: string, width: number, ...args: readonly string[]): Promise<Ran> {
  return await runIn({ cwd, width, program: 'claimsmith' }, args);
}

/** The same in CI. */
export async function claimsmithInCi(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return await runIn({ cwd, width: 100, program: 'claimsmith', isCi: true }, args);
}

async function runIn(
  place: Pick<Terminal, 'cwd' | 'width' | 'program'> & Partial<Terminal>,
  args: readonly string[],
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await run(
    args,
    plainTerminal({
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      command: (text) => {
        out += text;
      },
      ...place,
    }),
  );
  return { code, out, err };
}

/** A terminal without colours that nobody sits at; its output is lost unless `more` keeps it. */
export function plainTerminal(more: Partial<Terminal> = {}): Terminal {
  return {
    out: () => {},
    err: () => {},
    command: () => {},
    cwd: process.cwd(),
    width: 100,
    program: 'claimsmith',
    paint: plain,
    paintErr: plain,
    isCi: false,
    interactive: false,
    ask: () => Promise.resolve(''),
    onInterrupt: () => () => {},
    debug: false,
    ...more,
  };
}
