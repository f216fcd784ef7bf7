/** Values of `${NAME}`, given when deploying: an Action's secrets, the environment of a server. */
export type Settings = Readonly<Record<string, unknown>>;

/** Fills each `${NAME}` of a text; undefined where one is not given, or could break out of a header or an address. */
export function fill(text: string, settings: Settings): string | undefined {
  if (!text.includes('${')) return text;
  let complete = true;
  const filled = text.replace(/\$\{([^{}]*)\}/g, (_, name: string) => {
    const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (typeof value === 'string' && printable.test(value)) return value;
    complete = false;
    return '';
  });
  return complete ? filled : undefined;
}

/** Printable ASCII: no line break to add a header with, nothing that `fetch` would refuse. */
const printable = /^[\x20-\x7e]+$/;

/** Whether a complete address may be asked: https, or http to this machine alone; no credentials inside. */
export function mayAsk(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
