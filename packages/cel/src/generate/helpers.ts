import { HELPERS } from './helpers.gen.ts';
import { callOf, type Js } from './js.ts';
import type { Library } from './link.ts';

/** A function that generated code may call. */
export type HelperName = keyof typeof HELPERS;

const NAMES = Object.keys(HELPERS).filter((name): name is HelperName => name in HELPERS);

/** Every helper's name; generated code never uses one for anything else. */
export const HELPER_NAMES: ReadonlySet<HelperName> = new Set(NAMES);

/** The helpers: what generated code calls, for {@link linked}. */
export const helpers: Library = HELPERS;

/** What a call of a helper may need besides its arguments. */
export interface Site {
  /** The place of the call in the expression, for run-time errors that tell it. */
  readonly at: number | undefined;
  /** JavaScript for the budget that it is charged to. */
  readonly budget: string;
}

/** Calls a helper with its arguments, and with the budget and the place if it needs them. */
export function helperCall(site: Site, name: HelperName, args: readonly (Js | string | number)[]): Js {
  const takes: readonly string[] = HELPERS[name].takes;
  const others = takes.slice(args.length).map((parameter) => {
    if (parameter === 'budget') return site.budget;
    if (parameter === 'at') return site.at;
    throw new Error(`${name} needs ${parameter}`);
  });
  return callOf(name, [...args, ...others.filter((other) => other !== undefined)]);
}
