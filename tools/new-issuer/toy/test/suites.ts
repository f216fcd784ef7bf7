import type { IssuerSuites } from '../../../tools/suites.ts';

export const suites = { settings: '{}' } satisfies IssuerSuites;
