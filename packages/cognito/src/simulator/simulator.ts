import {
  type Compilation,
  type Issuance,
  IssuerError,
  isError,
  type Surroundings,
  type VendorEvent,
} from '@claimsmith/core';
import { manifest, triggerEvent } from '../wire.ts';
import { grantedOf, issuedAlone, noGroupsNote } from './answer.ts';
import { type Container, containerOf, runTrigger, throwsNote } from './trigger.ts';

/**
 * Runs the built function on an event as Cognito would. Machines get tokens without it, unless the trigger is V3_0.
 *
 * @throws {IssuerError} `event` for one that Cognito would not send; RangeError when the compilation failed
 */
export async function simulate(
  compilation: Compilation,
  { trigger, event }: VendorEvent,
  surroundings: Surroundings,
): Promise<Issuance> {
  if (trigger !== 'login' && trigger !== 'client-credentials')
    throw new IssuerError('event', `Cognito has no event ${trigger} that issues tokens`);
  const { success, error } = triggerEvent.safeParse(event);
  if (!success) {
    const places = error.issues.map(({ path }) => path.join('.') || 'the whole of it');
    throw new IssuerError(
      'event',
      `The event is not as Cognito sends it: ${[...new Set(places)].join(', ')}`,
    );
  }
  if (compilation.findings.some(isError)) throw new RangeError('A policy with errors has no function to run');
  const contentOf = (file: string) => compilation.artifacts.find(({ path }) => path === file)?.content ?? '';
  const { trigger: bound, function: built, clients } = manifest.parse(JSON.parse(contentOf('manifest.json')));
  const lifetimeSeconds = clients.accessTokenLifetimeSeconds;
  if (trigger === 'client-credentials' && bound.lambdaVersion !== 'V3_0') {
    const notes = [`${bound.lambdaVersion} does not run for machines: the token is not enriched.`];
    return { ...issuedAlone(grantedOf(event), notes), lifetimeSeconds };
  }
  const code = contentOf(built.file);
  const container = containerFor(surroundings.instance, code);
  const issuance = await runTrigger(code, bound.lambdaVersion, event, surroundings, container);
  // Ours denies by throwing a constant, and an override without groups is what the policy decides.
  const notes = issuance.notes.filter((note) => note !== throwsNote && note !== noGroupsNote);
  return { ...issuance, notes, ...(issuance.denied === undefined ? { lifetimeSeconds } : {}) };
}

const containers = new WeakMap<object, Map<string, Container>>();

/** The instance of the function that keeps its memory between issuances. */
function containerFor(instance: object | undefined, code: string): Container {
  const own = (instance && containers.get(instance)) ?? new Map<string, Container>();
  if (instance !== undefined) containers.set(instance, own);
  const container = own.get(code) ?? containerOf(code);
  own.set(code, container);
  return container;
}
