/** The exit code of the process. */
export const exit = {
  fine: 0,
  /** A file that cannot be read or written, or our defect. */
  failed: 1,
  /** Findings of error severity, or an unexpected difference. */
  findings: 2,
  /** A tenant, org or realm cannot be reached. */
  unreachable: 3,
  /** The command line makes no sense (EX_USAGE of sysexits.h). */
  usage: 64,
  /** Ended by Ctrl-C: 128 and the signal's number, as shells count it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];
