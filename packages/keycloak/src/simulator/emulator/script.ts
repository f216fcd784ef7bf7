import vm from 'node:vm';
import { scriptOf } from '@claimsmith/host-js';
import type { Draft, Value } from './draft.ts';
import { realmSetup } from './es5.ts';
import type { KnownIssuance } from './input.ts';
import { javaGlobals } from './java/globals.ts';
import { userModel } from './java/model.ts';
import { NoStandIn } from './java/objects.ts';
import { type RequestView, sessionModel, userSessionModel } from './java/session.ts';
import { type RequestState, realmModel } from './java/sessions.ts';
import { type TokenBasis, tokenModel } from './java/token.ts';
import { javaTypes, type Machine } from './java/types.ts';
import { claimValue } from './java/values.ts';
import type { AssignedScopes } from './situation.ts';
import { MapperFailure } from './write-claim.ts';

/** A script that keeps the thread busy this long, in real milliseconds, counts as hanging. */
const busyLimitMs = 2_000;

export interface ScriptRun {
  readonly issuance: KnownIssuance;
  readonly assigned: AssignedScopes;
  /** Name of the realm. */
  readonly realm: string | undefined;
  readonly request: RequestView;
  readonly state: RequestState;
  readonly machine: Machine;
  readonly basis: TokenBasis;
}

/**
 * Runs a script mapper's code as Keycloak does: with its five bindings, and the value of the last statement as its
 * result. A script that throws has no effect.
 *
 * @returns the claim's value, undefined if there is none
 * @throws MapperFailure if it does not end
 */
export function runScript(code: string, file: string, draft: Draft, run: ScriptRun): Value | undefined {
  const { issuance, assigned, request, state, machine, basis } = run;
  const model = userModel(issuance.user);
  const realmView = realmModel(run.realm);
  const types = javaTypes(machine, model);
  const realm = vm.createContext({
    user: model.user,
    realm: realmView,
    token: tokenModel(draft, basis),
    userSession: userSessionModel(issuance, state, { user: model.user, realm: realmView }),
    keycloakSession: sessionModel(issuance, { assigned, request, state, machine, realm: realmView }),
    ...javaGlobals(types),
  });
  const bindings = Object.entries(realm);
  scriptOf(realmSetup, 'realm').runInContext(realm)(() => machine.now());
  Object.assign(realm, Object.fromEntries(bindings));
  try {
    // A text of JavaScript has the one, a text of Java both.
    if (/\.length\(\)/.test(code)) throw new NoStandIn('length() of a text');
    const result: unknown = scriptOf(code, file).runInContext(realm, { timeout: busyLimitMs });
    return claimValue(result) ?? undefined;
  } catch (error) {
    if (isTimeout(error)) throw new MapperFailure('the script does not end, and Keycloak waits for ever');
    machine.log('Error during execution of ProtocolMapper script');
    return undefined;
  }
}

/** The error is of the script's realm, no `Error` here. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    Reflect.get(error, 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
