/**
 * The result of `work`, or `late` after `ms` milliseconds. The signal aborts then, and the result is `late` even if
 * `work` ignores it. Work without time left is not started.
 */
export async function within<Result>(
  ms: number,
  late: Result,
  work: (controller: AbortController) => Promise<Result>,
): Promise<Result> {
  if (!(ms > 0)) return late;
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<Result>((resolve) => {
    timer = setTimeout(() => {
      resolve(late);
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(controller), end]);
  } finally {
    clearTimeout(timer);
  }
}
