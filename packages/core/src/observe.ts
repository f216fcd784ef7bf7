import { isObserved, type Observe } from '@claimsmith/runtime';
import { z } from 'zod';
import type { Finding } from './finding.ts';
import type { Departure, Verdict } from './issuer.ts';
import type { Policy } from './policy.ts';
import type { Notice } from './target.ts';

const clients = z.array(z.string().min(1).max(255)).min(1);
const aChoice = '`true`, or a mapping such as `{ clients: [web] }` or `{ except: [web] }`';

const observes: z.ZodType<Observe> = z.union(
  [z.literal(true), z.strictObject({ clients }), z.strictObject({ except: clients })],
  aChoice,
);

/** What may stand under `issuers.<id>.observe`. */
export const observeSetting = observes
  .optional()
  .describe(
    'Whether the policy only tells what it would do, and leaves tokens as they are: true for all clients, { clients: […] } for some, { except: […] } for all others. Default: it is in force.',
  );

/** The rule of policies that are not in force. */
const notInForce = 'TE850';

/** Warns that a policy is not in force at an issuer. */
export function observeFindings(
  { source }: Policy,
  { id, title }: { readonly id: string; readonly title: string },
  observe: Observe | undefined,
): readonly Finding[] {
  if (observe === undefined) return [];
  return [
    {
      rule: notInForce,
      severity: 'warning',
      message: `The policy is not in force at ${title} ${clientsOf(observe)}: it denies nothing and changes no token, and its log says what it would do.`,
      range: source.value(['issuers', id, 'observe']),
      help: 'Services must not rely on its claims. Read the log, put single clients in force with `{ except: […] }`, and then remove `observe`.',
    },
  ];
}

/** The same when a plan is shown. */
export function observeNotices(title: string, observe: Observe | undefined): readonly Notice[] {
  if (observe === undefined) return [];
  return [
    {
      severity: 'warning',
      message: `The policy is not in force at ${title} ${clientsOf(observe)}: it only observes.`,
      help: 'Services must not rely on its claims until `observe` is removed.',
    },
  ];
}

function clientsOf(observe: Observe): string {
  if (observe === true) return 'for any client';
  const [word, list] =
    'clients' in observe ? ['for', observe.clients] : ['for clients other than', observe.except];
  return `${word} ${list.map((name) => `\`${name}\``).join(', ')}`;
}

/** The announced tokens of a client whose tokens the policy only observes; undefined if it is in force. */
export function observedDeparture(
  { id, title }: { readonly id: string; readonly title: string },
  observe: Observe | undefined,
  client: string | undefined,
  untouched: () => Verdict,
): Departure | undefined {
  if (!isObserved(observe, client)) return undefined;
  return {
    rule: notInForce,
    path: ['issuers', id, 'observe'],
    isGuarded: true,
    why: `The policy only observes at ${title}: the token stays as it is.`,
    instead: untouched(),
  };
}
