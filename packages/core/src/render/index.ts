export { renderGithub } from './github.ts';
export { findingsReport, renderJson } from './json.ts';
export type { Paint } from './paint.ts';
export { type PrettyOptions, renderPretty } from './pretty.ts';
export { renderSarif, type SarifOptions } from './sarif.ts';
