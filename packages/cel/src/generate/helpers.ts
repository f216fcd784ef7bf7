import { HELPERS } from './helpers.gen.ts';

/** A function that generated code may call. */
export type HelperName = keyof typeof HELPERS;

const NAMES = Object.keys(HELPERS).filter((name): name is HelperName => name in HELPERS);

/** Every helper's name; generated code never uses one for anything else. */
export const HELPER_NAMES: ReadonlySet<HelperName> = new Set(NAMES);

/** The text of the helpers asked for and of those that they call, each once. */
export function helperText(wanted: Iterable<HelperName>): string[] {
  const all = new Set<HelperName>();
  const add = (name: HelperName): void => {
    if (all.has(name)) return;
    all.add(name);
    for (const need of HELPERS[name].needs) add(need);
  };
  for (const name of wanted) add(name);
  return NAMES.filter((name) => all.has(name)).map((name) => HELPERS[name].text);
}
