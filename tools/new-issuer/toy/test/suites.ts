import type { IssuerSuites } from '../../../tools/suites.ts';

export const suites = { settings: '{}', lacking: ['request.ip', 'session.amr'] } satisfies IssuerSuites;
