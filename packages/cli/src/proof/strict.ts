import type { Finding } from '@claimsmith/core';
import { plural } from '../output/plural.ts';
import type { Coverage } from './coverage.ts';
import type { Results } from './try.ts';

/** What `--strict` does not accept, counted. */
export interface Laxity {
  readonly untried: number;
  /** Scenarios without an expectation. */
  readonly unasked: number;
  readonly announced: number;
  readonly warnings: number;
}

/** Counts what a successful run leaves open. */
export function laxityOf(
  { tried, previews }: Pick<Results, 'tried' | 'previews'>,
  coverage: Coverage | undefined,
  findings: readonly Finding[],
): Laxity {
  return {
    untried: coverage?.untried.length ?? 0,
    unasked: new Set(previews.filter(({ expected }) => !expected).map(({ trial }) => trial)).size,
    announced: tried.filter(({ status }) => status === 'departs').length,
    warnings: findings.filter(({ severity }) => severity === 'warning').length,
  };
}

/** `2 untried cases, 1 scenario without an expectation`; empty if there are none. */
export function laxityText({ untried, unasked, announced, warnings }: Laxity): string {
  return [
    untried > 0 ? plural(untried, 'untried case') : '',
    unasked > 0 ? `${plural(unasked, 'scenario')} without an expectation` : '',
    announced > 0 ? `${plural(announced, 'announced difference')} that no scenario expects` : '',
    warnings > 0 ? plural(warnings, 'warning') : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
}
