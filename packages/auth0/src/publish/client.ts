import type { TriggerId } from '../limits.ts';
import type { Action, Api, Binding, Version } from './wire.ts';

/** The fields of an Action that a request sets. Fields that it leaves out stay. */
export interface Draft {
  readonly supported_triggers: readonly { readonly id: TriggerId; readonly version: string }[];
  readonly code: string;
  readonly runtime: string;
  readonly dependencies: readonly { readonly name: string; readonly version: string }[];
  /** Replaces the whole list. */
  readonly secrets?: readonly { readonly name: string; readonly value: string }[];
}

/** One entry of the list of a trigger's bindings, as it is written. */
export interface BindingEntry {
  readonly action: string;
  readonly display_name: string;
}

/**
 * The requests to one tenant. Each waits and fails as `Access` says.
 *
 * @throws {TargetError} each of them
 */
export interface Client {
  /** What the credential may do; undefined: unknown. */
  permissions(): Promise<readonly string[] | undefined>;
  /** All Actions of the tenant. */
  actions(): Promise<readonly Action[]>;
  /** Undefined if it does not exist. */
  action(id: string): Promise<Action | undefined>;
  actionNamed(name: string): Promise<Action | undefined>;
  createAction(draft: Draft & { readonly name: string }): Promise<string>;
  updateAction(id: string, name: string, draft: Draft): Promise<void>;
  deleteAction(id: string, name: string): Promise<void>;
  /** @returns the number of the new version */
  deploy(id: string, name: string): Promise<number>;
  /** How many versions are kept. */
  versionCount(id: string, name: string): Promise<number>;
  /** Undefined if it does not exist any more. */
  version(action: string, version: string): Promise<Version | undefined>;
  /** Deploys an older version again, and gives its content to the draft. @returns the number of the new version */
  deployVersion(action: string, version: string, name: string): Promise<number>;
  /** The whole list, in its order. */
  bindings(trigger: TriggerId): Promise<readonly Binding[]>;
  setBindings(trigger: TriggerId, list: readonly BindingEntry[]): Promise<void>;
  /** Undefined if it does not exist. */
  api(identifier: string): Promise<Api | undefined>;
  setApi(id: string, identifier: string, fields: Readonly<Record<string, number>>): Promise<void>;
}
