import { hasSecretName, isMapping, type Path, type SpecSource } from '@claimsmith/core';

/** Whether a value of this name is a secret: `clientSecret`, `CRM_TOKEN`, `private-key`. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2');
  return hasSecretName(words) || /(?:^|[-_.])private[-_]?key$/i.test(words);
}

/**
 * An environment's text as findings may show it: values that may be secrets are covered, and lines and columns stay.
 *
 * @param data undefined if parts of the file cannot be read: then more is covered
 */
export function maskedText({ text, value }: SpecSource, data: unknown): string {
  if (data === undefined) return maskedLines(text);
  let masked = text;
  for (const path of coveredIn(data, [])) {
    const { start, end } = value(path);
    masked =
      masked.slice(0, start.offset) +
      covered(text.slice(start.offset, end.offset)) +
      masked.slice(end.offset);
  }
  return masked;
}

function covered(text: string): string {
  return text.replace(/[^\s"']/g, '*');
}

/** The paths of all values that may be secrets. */
function coveredIn(data: unknown, path: Path): readonly Path[] {
  if (Array.isArray(data)) return data.flatMap((item: unknown, index) => coveredIn(item, [...path, index]));
  if (isMapping(data))
    return Object.entries(data).flatMap(([key, value]) => coveredIn(value, [...path, key]));
  return isSecretPlace(path) && !isReference(data, path) ? [path] : [];
}

function isSecretPlace(path: Path): boolean {
  return (
    path[0] === 'settings' ||
    path.at(-1) === 'value' ||
    path.some((step) => typeof step === 'string' && isSecretName(step))
  );
}

/** Whether it only says where a secret is kept. */
function isReference(value: unknown, path: Path): boolean {
  if (path.at(-1) === 'env') return typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value);
  if (path.at(-1) === 'secretsManager' || path.at(-1) === 'ssm') return true;
  return path.at(-1) === 'file' || path.at(-2) === 'command';
}

/** A key whose value may be a secret, and the rest of its line. */
const secretLine =
  /((?:^|[\s{,"'])[\w-]*(?:value|secret|token|password|passwd|api[-_]?key|private[-_]?key)["']?\s*:)([^\n\r]*)/gim;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

function maskedLines(text: string): string {
  return text
    .replace(privateKey, covered)
    .replace(secretLine, (_, key: string, rest: string) => key + covered(rest));
}
