import type { Terminal } from '../output/terminal.ts';

/** How far a command is with many places. */
export interface Progress {
  done(): void;
  /** Removes the line. */
  end(): void;
}

const nothing: Progress = { done: () => {}, end: () => {} };
/** Fewer places need no progress. */
const fewest = 3;
const minuteMs = 60_000;

/** A line on standard error that counts places and estimates the time that is left; nothing without a terminal. */
export function progressOf(total: number, { interactive, err }: Terminal): Progress {
  if (!interactive || total < fewest) return nothing;
  const startedAt = Date.now();
  let count = 0;
  const show = () => {
    const leftMs = count === 0 ? 0 : ((Date.now() - startedAt) / count) * (total - count);
    err(`\r\u001b[K${count} of ${total} places${count === 0 ? '' : `, ${durationOf(leftMs)} left`}`);
  };
  show();
  return {
    done() {
      count++;
      show();
    },
    end: () => err('\r\u001b[K'),
  };
}

function durationOf(milliseconds: number): string {
  if (milliseconds >= minuteMs) return `about ${Math.round(milliseconds / minuteMs)} min`;
  return `about ${Math.max(1, Math.round(milliseconds / 1000))} s`;
}
