/** Whether a text takes at most `limitBytes` in UTF-8. Counted only where it may be close: 3 bytes a unit at most. */
export function fits(text: string, limitBytes: number): boolean {
  return text.length * 3 <= limitBytes || new TextEncoder().encode(text).length <= limitBytes;
}
