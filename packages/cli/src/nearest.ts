/** `; did you mean "check"?`, or nothing. */
export async function nearest(name: string, candidates: readonly string[]): Promise<string> {
  const { suggest } = await import('@claimsmith/cel');
  const near = suggest(name, candidates);
  return near === undefined ? '' : `; did you mean ${near}?`;
}
