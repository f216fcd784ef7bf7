import type { Finding } from './finding.ts';

/** A file to deploy. */
export interface Artifact {
  /** Relative to the issuer's output folder, with forward slashes. */
  readonly path: string;
  /** Text, or a binary file in Base64 if `encoding` says so. */
  readonly content: string;
  readonly encoding?: 'base64';
}

/** An issuer's build of a policy. Use the files only if no finding is an error. */
export interface Compilation {
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
}
