import { createRequire } from 'node:module';
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

/** The post-login handler of a built Action, in this realm and with its `fetch`. */
export async function loginOf(
  policy: Policy,
): Promise<(event: object, api: object) => Promise<Readonly<Record<string, unknown>>>> {
  const { artifacts } = await auth0.compile(policy);
  const code = artifacts.find(({ path }) => path === 'post-login.js')?.content ?? '';
  const module = { exports: { onExecutePostLogin: async (_event: object, _api: object) => {} } };
  new Function('module', 'exports', 'require', code)(module, module.exports, createRequire(import.meta.url));
  return async (event, api) => {
    const set = new Map<string, unknown>();
    const token = { setCustomClaim: (name: string, value: unknown) => set.set(name, value) };
    const access = { deny: (reason: string) => set.set('denied', reason) };
    const cache = { get: () => undefined, set: () => ({ type: 'success' }) };
    await module.exports.onExecutePostLogin(event, {
      accessToken: token,
      idToken: token,
      access,
      cache,
      ...api,
    });
    return Object.fromEntries(set);
  };
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
