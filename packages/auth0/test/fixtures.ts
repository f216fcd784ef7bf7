import { linked } from '@claimsmith/cel';
import { createPolicy, type Policy, type Surroundings } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { auth0, type Settings, type TriggerId } from '../src/index.ts';
import { pieces } from '../src/platform/pieces.gen.ts';
import { originsOf } from '../src/supplies.ts';

/** The policy of a spec in YAML; throws with the findings if the spec is not a policy. */
export function policyOf(text: string): Policy {
  const { spec, source, findings } = readSpec({ file: 'enrichment.yaml', text }, { auth0: auth0.settings });
  if (spec === undefined) throw new Error(JSON.stringify(findings));
  const created = createPolicy(spec, source);
  if (created.policy === undefined) throw new Error(JSON.stringify(created.findings));
  return created.policy;
}

/** What an Action finds in an event for a policy that reads every field, before anything is checked. */
export function contextOf(trigger: TriggerId, event: object, settings: Settings) {
  const { fields } = originsOf(
    trigger,
    auth0.model.supplies.map(({ field }) => field),
    settings,
  );
  const text = `const fieldOf = own;
const isObject = (value) => typeof value === 'object' && value !== null;
return ${literalOf(fields)};`;
  return new Function('event', `${linked(pieces, text)}\n${text}`)(event);
}

/** An object literal, given the code of each value by its dotted path. */
function literalOf(fields: Readonly<Record<string, string>>): string {
  const below = new Map<string, Record<string, string>>();
  for (const [path, code] of Object.entries(fields)) {
    const [name = '', ...rest] = path.split('.');
    below.set(name, { ...below.get(name), [rest.join('.')]: code });
  }
  const members = [...below].map(([name, inner]) => `${name}: ${inner[''] ?? literalOf(inner)}`);
  return `{ ${members.join(', ')} }`;
}

/** A moment to start at: 2026-11-20T00:00:00Z. */
export const nowSeconds = 1_795_132_800;

/** Surroundings whose sources answer from a table by address; an address that is not in it hangs. */
export function surroundings(
  answers: Readonly<Record<string, () => Response | Promise<Response>>> = {},
  secrets: Readonly<Record<string, string>> = {},
): Surroundings & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    secrets,
    nowSeconds,
    answer: () => ({ fails: 'network' }),
    fetch: async (url) => {
      asked.push(url);
      return (await answers[url]?.()) ?? new Promise(() => undefined);
    },
  };
}

/** The record in the log of an Action, its parts put together. */
export function recordIn(log: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...log.map((line) => JSON.parse(line)));
}
