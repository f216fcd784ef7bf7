/** The same line is written once in so many milliseconds, whoever makes it come about. */
const lineIntervalMs = 1_000;

/** Whether it is time again for a line of this kind. Kinds are constants, so that few are remembered. */
export function atTimes(): (kind: string) => boolean {
  const lastMs = new Map<string, number>();
  return (kind) => {
    const nowMs = performance.now();
    if (nowMs - (lastMs.get(kind) ?? Number.NEGATIVE_INFINITY) < lineIntervalMs) return false;
    lastMs.set(kind, nowMs);
    return true;
  };
}
