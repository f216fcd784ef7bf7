/**
 * Does something with each item, some at a time. Items begin in their order. It ends when all have ended. After an action
 * that throws, no other one begins, and those that have begun end before it rejects: a write is not left halfway.
 *
 * @param limit at least 1
 */
export async function inParallel<Item>(
  items: readonly Item[],
  limit: number,
  action: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < items.length && !failed) {
      const index = next++;
      const [item] = items.slice(index, index + 1);
      try {
        if (item !== undefined) await action(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker);
  await Promise.allSettled(workers);
  await Promise.all(workers);
}
