import { hasSecretShape, isMapping, type Path } from '@claimsmith/core';
import { isSecretName } from './mask.ts';

/** A text of an environment file, and where it stands. */
interface PlainText {
  readonly path: Path;
  readonly text: string;
}

/** The plain values of an environment that look like secrets: by their name, their form, or a password in an address. */
export function plainSecrets(data: unknown): readonly Path[] {
  return textsIn(data, [])
    .filter(({ path, text }) => path.at(-1) === 'value' && looksSecret(nameOf(path), text))
    .map(({ path }) => path);
}

/** The name of the setting or field that has the value: `clientSecret` in `clientSecret: { value: … }`. */
function nameOf(path: Path): string {
  return String(path.at(-2) ?? '');
}

function looksSecret(name: string, text: string): boolean {
  if (text === '') return false;
  return (
    isSecretName(name) ||
    hasSecretShape(text) ||
    /^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]*:[^/?#@\s]+@/i.test(text) ||
    isRandom(text)
  );
}

/** Long, without words, from several kinds of characters: `8f3kd92kd0Qm31xZ`. */
function isRandom(text: string): boolean {
  if (!/^[\w+/=~.-]{16,}$/.test(text) || /^(?:https?:|arn:)/.test(text)) return false;
  const changes = text.match(/(?:[a-zA-Z](?=\d)|\d(?=[a-zA-Z])|[a-z](?=[A-Z]))/g) ?? [];
  return changes.length >= 5;
}

function textsIn(data: unknown, path: Path): readonly PlainText[] {
  if (typeof data === 'string') return [{ path, text: data }];
  if (Array.isArray(data)) return data.flatMap((item: unknown, index) => textsIn(item, [...path, index]));
  return isMapping(data)
    ? Object.entries(data).flatMap(([key, value]) => textsIn(value, [...path, key]))
    : [];
}
