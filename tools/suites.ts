import { issuers } from '../packages/cli/src/issuers.ts';

/** What the suites that run over all issuers need to know of one: `packages/<id>/test/suites.ts` exports it. */
export interface IssuerSuites {
  /** Settings under `issuers.<id>`, as YAML on one line, with which it takes most random specs. */
  readonly settings: string;
  /** Settings with which it supplies every field that it can be told of. Default: `settings`. */
  readonly telling?: string;
  /** Fields that it lacks all the same, though it could be told where others keep them. */
  readonly lacking?: readonly string[];
  /** Settings for specs of people alone that read what it lacks. Default: `settings`. */
  readonly forPeople?: string;
  /** Where it keeps an attribute, in its own words. */
  readonly place?: string;
  /** Specs with a name in a place that only this issuer has, by the place. */
  readonly places?: Readonly<Record<string, (name: string) => string>>;
}

/** By the issuer's id. */
export const suites: ReadonlyMap<string, IssuerSuites> = new Map(
  await Promise.all(issuers.map(async ({ id }) => [id, await suitesOf(id)] as const)),
);

async function suitesOf(id: string): Promise<IssuerSuites> {
  const { suites }: { suites: IssuerSuites } = await import(
    /* @vite-ignore */ new URL(`../packages/${id}/test/suites.ts`, import.meta.url).href
  );
  return suites;
}

/** The part `issuers` of a spec for all issuers, as YAML. */
export function issuersText(settingsOf: (suites: IssuerSuites, id: string) => string): string {
  const lines = [...suites].map(([id, suite]) => `  ${id}: ${settingsOf(suite, id)}\n`);
  return `issuers:\n${lines.join('')}`;
}
