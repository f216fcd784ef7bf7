import { suggest } from '@claimsmith/cel';
import { formatPath, type Path } from '../finding.ts';
import type { Spec } from './schema.ts';

/** A part of a spec, for one issuer or for all. */
export interface Part {
  readonly path: Path;
  readonly issuer: string | undefined;
}

/**
 * The part of a spec that a text names: `claims.roles`, `deny[0]`, `deny.account_suspended`, `scopes.orders.read`,
 * `issuers.okta`, and `issuers.okta.claims.roles` for that claim at Okta alone. A name needs no quotes.
 *
 * @returns the part; if it does not exist, the name of a similar part, if any
 */
export function partAt(text: string, spec: Spec): Part | { readonly near: string | undefined } {
  const { issuer, rest = '' } = /^issuers\.(?<issuer>[^.[]+)(?:\.(?<rest>.+))?$/.exec(text)?.groups ?? {};
  const atIssuer = issuer !== undefined && Object.hasOwn(spec.issuers ?? {}, issuer) ? issuer : undefined;
  if (atIssuer !== undefined && rest === '') return { path: [], issuer };
  const path = pathIn(`.${text}`, spec);
  if (path !== undefined) return { path, issuer: atIssuer };
  const inner = atIssuer === undefined ? undefined : pathIn(`.${rest}`, spec);
  if (inner !== undefined) return { path: inner, issuer: atIssuer };
  return { near: suggest(text, partsOf(spec)) };
}

/** The path that a text names, starting at a value. If two names fit, the longer one counts. */
function pathIn(text: string, value: unknown): Path | undefined {
  if (text === '') return [];
  const steps = entriesOf(value).flatMap(({ step, name, inner }) =>
    [`.${name}`, `[${typeof step === 'number' ? step : JSON.stringify(step)}]`].map((written) => ({
      step,
      inner,
      written,
    })),
  );
  for (const { step, inner, written } of steps.sort((a, b) => b.written.length - a.written.length)) {
    if (!text.startsWith(written)) continue;
    const rest = text.slice(written.length);
    const path =
      rest === '' || rest.startsWith('.') || rest.startsWith('[') ? pathIn(rest, inner) : undefined;
    if (path !== undefined) return [step, ...path];
  }
  return undefined;
}

interface Entry {
  readonly step: string | number;
  readonly name: string;
  readonly inner: unknown;
}

/** The parts of a path. A deny rule or a challenge may be named by its reason. */
function entriesOf(value: unknown): readonly Entry[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value))
    return Object.entries(value).map(([name, inner]) => ({ step: name, name, inner }));
  return value.map((inner: unknown, step) => {
    const reason = typeof inner === 'object' && inner !== null && 'reason' in inner ? inner.reason : step;
    return { step, name: String(reason), inner };
  });
}

/** The usual parts in acceptances. */
function partsOf(spec: Spec): readonly string[] {
  const named = (['claims', 'scopes', 'sources', 'authorizationDetails', 'issuers'] as const).flatMap(
    (section) => Object.keys(spec[section] ?? {}).map((name) => formatPath([section, name])),
  );
  const rules = (['deny', 'challenge'] as const).flatMap((section) =>
    (spec[section] ?? []).map(({ reason }) => `${section}.${reason}`),
  );
  return [...named, ...rules, ...Object.keys(spec)];
}
