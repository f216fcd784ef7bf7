/** One step of a JSON pointer: names with slashes, such as addresses, stay one step. @see RFC 6901 */
export function escapeStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
