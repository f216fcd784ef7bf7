import { TargetError } from '@claimsmith/core';

/** Longer values are mistakes: a file of the wrong name, a program that prints its help. */
export const largestSecretBytes = 65_536;

/** A secret from bytes, without the line break at its end. @throws {TargetError} `settings` */
export function secretText(bytes: Uint8Array, what: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Without the cause: it could hold the bytes.
    throw new TargetError('settings', `${what} does not give UTF-8 text`);
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new TargetError('settings', `${what} gives an empty value`);
  return value;
}
