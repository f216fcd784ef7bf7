/** Whether the policy script of a build is on a server. Pure. */
import type { Notice, Policy } from '@claimsmith/core';
import { jarFile, scriptFile } from '../compile/script/names.ts';
import type { Manifest } from '../wire.ts';
import type { ServerFacts } from './realm-state.ts';

/**
 * What must be done at the server before client scopes of a revision may be written; undefined if it is done. A build names
 * its script exactly; of an older release only the revision is known.
 */
export function awaited(
  revision: string,
  policy: Policy,
  manifest: Manifest | undefined,
  { scripts }: ServerFacts,
): string | undefined {
  const isOfBuild = manifest?.revision === revision;
  const provider = `script-${scriptFile(policy)}`;
  const deployed = scripts.get(provider);
  if (isOfBuild) {
    if (manifest.script === undefined || deployed === manifest.script.description) return undefined;
  } else {
    if (deployed === undefined && manifest?.script === undefined) return undefined;
    if (deployed?.includes(`revision ${revision},`) === true) return undefined;
  }
  const there =
    deployed === undefined
      ? 'The server does not have it'
      : `The server has ${deployed.includes(`revision ${revision},`) ? 'one for other realms' : 'another revision'}`;
  return `Copy ${jarFile(policy)}, revision ${revision}, to providers/ of the server, and restart it with --features=scripts. ${there}. Until the client scopes have the same revision, tokens of the policy are dead.`;
}

/** What is left of the script when the policy goes. */
export function scriptSentence({ scripts }: ServerFacts, policy: Policy): readonly Notice[] {
  if (!scripts.has(`script-${scriptFile(policy)}`)) return [];
  return [
    {
      severity: 'note',
      message: `The server keeps ${jarFile(policy)}.`,
      help: 'Remove it from providers/ when no realm of the server needs it any more.',
    },
  ];
}
