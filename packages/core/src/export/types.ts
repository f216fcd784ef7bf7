import type { Artifact, Compilation } from '../compilation.ts';
import type { Finding } from '../finding.ts';
import type { Policy } from '../policy.ts';

/** Writes a policy for another tool, which applies it: one format of one issuer. */
export interface Export {
  /** Pure. Use the files only if no finding is an error. */
  write(policy: Policy, compilation: Compilation): Exported;
}

/** An issuer's part of a folder that a tool takes as it is. */
export interface Exported {
  /** The format's name for people: `Terraform`. */
  readonly title: string;
  /** How to use the folder, in Markdown. Every issuer of the format gives the same text. */
  readonly usage: string;
  /** What the folder has for this issuer, in Markdown. */
  readonly about: string;
  /** Where the page that explains the folder goes. Default `README.md`. */
  readonly pagePath?: string;
  /** The files. Several issuers write into one folder, so the paths must be the issuer's own. */
  readonly files: readonly Artifact[];
  /** JSON files that the issuers of the format write together, by path. Objects are merged key by key. */
  readonly shared?: Readonly<Record<string, object>>;
  /** Names in the folder where the tool keeps its own files. They survive the next export. */
  readonly kept?: readonly string[];
  /** Names that are in the folder while the tool runs there. Nothing is written then. */
  readonly busy?: readonly string[];
  /** What the format cannot say, and what is dangerous about it. */
  readonly findings: readonly Finding[];
}
