import vm from 'node:vm';

/** How many scripts are kept, the last ones used. */
const keptScripts = 8;

const kept = new Map<string, vm.Script>();

/**
 * The script of a text, parsed once: thousands of issuances may be simulated with the same one, each in a separate
 * realm.
 *
 * @throws SyntaxError when it does not parse
 */
export function scriptOf(text: string, filename: string): vm.Script {
  const key = `${filename}\n${text}`;
  const script = kept.get(key) ?? new vm.Script(text, { filename });
  kept.delete(key);
  kept.set(key, script);
  for (const oldest of kept.keys()) {
    if (kept.size <= keptScripts) break;
    kept.delete(oldest);
  }
  return script;
}
