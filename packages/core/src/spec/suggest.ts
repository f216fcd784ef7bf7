export function suggest(name: string, candidates: readonly string[]): string | undefined {
  return candidates.find((each) => each.slice(0, 3) === name.slice(0, 3));
}
