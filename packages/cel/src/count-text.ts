/** A whole number for people: `1,000,000`. The first `toLocaleString` of a process takes 10 ms. */
export function countText(count: number): string {
  return Number.isSafeInteger(count)
    ? String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
    : count.toLocaleString('en');
}
