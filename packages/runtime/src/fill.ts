import { own } from './own.ts';

/** Values of `${NAME}`, given when deploying: an Action's secrets, the environment of a server. */
export type Settings = Readonly<Record<string, unknown>>;

/** Returns the value of a setting; throws if it is missing or must not be used. */
export type Setting = (name: string) => string;

/** @throws Error if a setting is missing, or could break out of a header or an address */
export function settingOf(settings: Settings, name: string): string {
  const value = own(settings, name);
  // Printable ASCII: a line break could add a header, and `fetch` refuses other characters.
  if (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new Error('setting');
}

/** Fills each `${NAME}` of a text. */
export function fill(text: string, setting: Setting): string {
  return text.replace(/\$\{([^{}]*)\}/g, (_, name: string) => setting(name));
}

/** Fills settings into an address; undefined if it may not be asked. */
export function fillAddress(address: string, setting: Setting): string | undefined {
  const filled = fill(address, setting);
  return mayAsk(filled) ? filled : undefined;
}

/** Whether an address may be asked: it is https, or http to this machine, and contains no credentials. */
export function mayAsk(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
