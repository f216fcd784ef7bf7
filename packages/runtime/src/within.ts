/**
 * What `work` comes to, or `late` once `ms` milliseconds are over, even where it does not heed its signal. The signal
 * aborts only then. Work that has no time left is not begun.
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
