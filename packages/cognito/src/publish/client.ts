import type { Alias, FunctionConfiguration, Statement, UserPool } from './wire.ts';

/** The settings of a function that a request sets. Settings that it leaves out stay. */
export interface FunctionSettings {
  readonly Description: string;
  readonly Runtime: string;
  readonly Handler: string;
  readonly Role: string;
  readonly MemorySize: number;
  readonly Timeout: number;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
}

/** How a login ended. */
export type LoginAnswer =
  | {
      readonly accessToken: string;
      readonly idToken: string | undefined;
      readonly expiresIn: number | undefined;
    }
  /** The name of the exception, and its text, which may be that of our function. */
  | { readonly error: string; readonly text: string }
  | { readonly challenge: string };

/**
 * The requests to Lambda about one function, and to Cognito about one user pool. Each waits and fails as `Access` says. With
 * a `revision`, a request fails with `changed` if somebody else has changed the function or the alias since it was read.
 *
 * @throws {TargetError} each of them
 */
export interface Client {
  /** Of `$LATEST`, or of a version. Undefined if it does not exist. */
  configuration(version?: string): Promise<FunctionConfiguration | undefined>;
  /** Undefined if it does not exist. */
  alias(): Promise<Alias | undefined>;
  /** The statements of the alias's policy. */
  statements(): Promise<readonly Statement[]>;
  create(zip: string, settings: FunctionSettings): Promise<void>;
  updateCode(zip: string, revision: string | undefined): Promise<void>;
  updateSettings(settings: FunctionSettings, revision: string | undefined): Promise<void>;
  /** @returns the number of the version: the latest one if nothing has changed since */
  publish(sha256: string, revision: string | undefined): Promise<string>;
  createAlias(version: string): Promise<void>;
  moveAlias(version: string, revision: string | undefined): Promise<void>;
  deleteFunction(): Promise<void>;
  allow(
    statementId: string,
    permission: { readonly principal: string; readonly source: string },
  ): Promise<void>;
  disallow(statementId: string): Promise<void>;
  pool(): Promise<UserPool | undefined>;
  /** Replaces all settings of the user pool: what is left out is reset. */
  updatePool(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** A login without a browser, which needs the flow ALLOW_ADMIN_USER_PASSWORD_AUTH. */
  logIn(client: string, parameters: Readonly<Record<string, string>>): Promise<LoginAnswer>;
}
