/**
 * - `journal`: the journal cannot be read or written, or another run is using it
 * - `plan`: a saved plan cannot be applied: it is damaged, or the spec, the environment or the place has changed since
 * - `release`: there is no release to go back to
 */
export type DeployErrorCode = 'journal' | 'plan' | 'release';

/** Publishing cannot go on. The message is for people. */
export class DeployError extends Error {
  readonly code: DeployErrorCode;

  constructor(code: DeployErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeployError';
    this.code = code;
  }
}
