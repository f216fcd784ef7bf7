/** A file that is made from source and checked in, so that a clone needs no generator to run. */
export interface GeneratedFile {
  /** From the workspace's root. */
  readonly path: string;
  readonly content: string;
}
