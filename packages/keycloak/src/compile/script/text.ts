/** A constant as ES5 source. JSON is that, but for two characters. */
export function js(value: unknown): string {
  return ascii(JSON.stringify(value));
}

/** Text of ASCII alone: whatever an installation takes for the encoding of scripts. */
export function ascii(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
