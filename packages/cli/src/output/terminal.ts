import { styleText } from 'node:util';

/** A command's surroundings besides files: its output, and its folder. */
export interface Terminal {
  /** Writes a result to stdout. */
  out(text: string): void;
  /** Writes a diagnostic to stderr. */
  err(text: string): void;
  /** Writes commands for a CI system to stdout. `out` and `err` never write such commands. */
  command(text: string): void;
  /** Styles of stdout; each returns its text unchanged if colour is off. */
  readonly paint: Paint;
  /** Styles of stderr. */
  readonly paintErr: Paint;
  /** Columns that fit on a line. */
  readonly width: number;
  /** How the command is called here, for lines that say what to type: `claimsmith`, or `npx claimsmith`. */
  readonly program: string;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Whether this is CI, where nobody reviews the files first: the variable `CI` is set. */
  readonly isCi: boolean;
  /** Whether a person can be asked: standard input and standard error are terminals. */
  readonly interactive: boolean;
  /** Asks a person on standard error, and returns the line that is typed; empty if the input has ended. */
  ask(question: string): Promise<string>;
  /**
   * Has something said when a person interrupts the command (Ctrl-C), or CI ends it, before the process ends.
   *
   * @returns a function that takes it back
   */
  onInterrupt(action: () => void): () => void;
  /** Whether an error shows its stack. */
  readonly debug: boolean;
}

type Style = (text: string) => string;

/** The few styles of the product. Named by meaning, so that a screen keeps to them. */
export interface Paint {
  readonly strong: Style;
  readonly faint: Style;
  readonly good: Style;
  readonly bad: Style;
  readonly warn: Style;
  readonly note: Style;
}

const plainStyle: Style = (text) => text;

/** No colour at all. */
export const plain: Paint = {
  strong: plainStyle,
  faint: plainStyle,
  good: plainStyle,
  bad: plainStyle,
  warn: plainStyle,
  note: plainStyle,
};

const coloured: Paint = {
  strong: style('bold'),
  faint: style('dim'),
  good: style('green'),
  bad: style('red'),
  warn: style('yellow'),
  note: style('cyan'),
};

function style(format: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'): Style {
  return (text) => (text === '' ? '' : styleText(format, text, { validateStream: false }));
}

/** The styles a stream can show: `NO_COLOR`, `FORCE_COLOR` and whether it is a terminal decide, as Node says. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return styleText('bold', 'x', { stream }) === 'x' ? plain : coloured;
}

/** Lines of a pipe or a file are as wide as this. */
const defaultWidth = 100;
/** The width below which nothing can be aligned; text then runs over. */
const leastWidth = 40;

/** The columns of a terminal, or of `COLUMNS`, or 100. */
export function widthOf(stream: NodeJS.WriteStream, columns: string | undefined): number {
  const width = stream.isTTY ? stream.columns : Number.parseInt(columns ?? '', 10);
  return Number.isFinite(width) && width > 0 ? Math.max(width, leastWidth) : defaultWidth;
}
