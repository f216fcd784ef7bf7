import { isDeepStrictEqual } from 'node:util';
import type { Policy, PolicySource, SourceRequest } from '@claimsmith/core';
import type { SingleNeed } from '@claimsmith/runtime';
import { previewSettings, previewToken, previewTokenQuestion } from './answers.ts';
import { held, told } from './carried.ts';
import type { Mismatch } from './compare.ts';
import { type PolicyRun, runPolicy } from './policy-run.ts';
import type { Stage, Trial } from './trial.ts';

type Said = SourceRequest['said'];

/** The expected request to a source for a need, with the settings of a preview. */
export function meantRequest(need: SingleNeed, policy: Policy): Said {
  const source = policy.sources.find(({ name }) => name === need.source);
  if (source === undefined) return {};
  const settings = previewSettings(policy);
  const filled = (text: string) => text.replace(/\$\{([^}]*)\}/g, (_, name: string) => settings[name] ?? '');
  if ('url' in need) {
    const body = need.body === undefined ? {} : { body: need.body };
    return inWireForm({ ...saidOver(source, filled), url: filled(need.url), ...body });
  }
  const parameters = Object.entries(need.parameters).map(([name, value]) => [`parameter ${name}`, value]);
  return { ...saidOver(source, filled), ...Object.fromEntries(parameters) };
}

/** The request for the access token that a question is sent with. */
function tokenRequest({ source: name }: SingleNeed, policy: Policy): readonly (readonly [string, Said])[] {
  const source = policy.sources.find((one) => one.name === name);
  const question = source?.kind === 'http' ? previewTokenQuestion(source, policy) : undefined;
  if (question === undefined) return [];
  const { url, method, headers, body } = question;
  const named = Object.entries(headers).map(([header, value]) => [`header ${header}`, value] as const);
  return [[`${name} (token)`, inWireForm({ method, url, ...Object.fromEntries(named), body })]];
}

/** The policy's questions in a situation, as far as the issuer can supply it, by source. */
export function meantRequests(stage: Stage, trigger: string, trial: Trial): ReadonlyMap<string, Said> {
  const { asked } = decidedAt(stage, trigger, trial);
  return new Map(
    asked.flatMap((need, i) => [
      // With `each` a source has several.
      [
        asked.findIndex(({ source }) => source === need.source) === i ? need.source : `${need.source} (${i})`,
        meantRequest(need, stage.policy),
      ] as const,
      ...tokenRequest(need, stage.policy),
    ]),
  );
}

/**
 * The decision and the questions of the policy in a situation, as far as the issuer can supply it.
 *
 * @param ages of the sources' answers, in seconds. Default 0
 */
export function decidedAt(
  { issuer, policy, program }: Stage,
  trigger: string,
  trial: Trial,
  ages: Readonly<Record<string, number>> = {},
): PolicyRun {
  const possible = held(trial.context, issuer, trigger, policy);
  const { context } = told(possible.context, issuer, trigger, policy);
  return runPolicy(program, policy, trial, context, ages);
}

function saidOver(source: PolicySource, filled: (text: string) => string): Said {
  switch (source.kind) {
    case 'http': {
      const ofBody = source.body === undefined ? {} : { 'content-type': 'application/json' };
      const ofToken = source.oauth2 === undefined ? {} : { authorization: `Bearer ${previewToken}` };
      const own = { accept: 'application/json', ...ofBody, ...ofToken };
      const headers = Object.entries({ ...own, ...source.headers });
      const named = headers.map(([name, text]) => [`header ${name.toLowerCase()}`, filled(text)] as const);
      return { method: source.method, ...Object.fromEntries(named) };
    }
    case 'sql': {
      const { connection, query, bound, rows, limitBytes } = source;
      const text = query.map((piece, i) => (i === 0 ? piece : `:${bound[i - 1]}${piece}`)).join('');
      return { connection: filled(connection), query: text, rows, booleans: booleansOf(source), limitBytes };
    }
    case 'dynamodb': {
      const { table, region, endpoint, consistent, limitBytes } = source;
      return { table, region, endpoint: endpoint && filled(endpoint), consistent, limitBytes };
    }
  }
}

/** Columns of the declared type: some databases have numbers for them. */
function booleansOf({ returns }: PolicySource): readonly string[] {
  const rows = returns.fields['rows']?.type;
  const record = rows?.kind === 'list' && rows.element.kind === 'record' ? rows.element : returns;
  return Object.entries(record.fields).flatMap(([name, { type }]) => (type.kind === 'bool' ? [name] : []));
}

/** A request as it is sent, without the headers that a server adds to every request. */
export function inWireForm(said: Said): Said {
  const own = Object.entries(said).filter(([name]) => name !== 'header accept-encoding');
  const url = said['url'];
  return {
    ...Object.fromEntries(own),
    ...(typeof url === 'string' ? { url: URL.parse(url)?.href ?? url } : {}),
  };
}

/**
 * Requests of an issuer that the policy does not make, or makes differently.
 *
 * @param meant the policy's questions, by source
 */
export function requestDifferences(
  meant: ReadonlyMap<string, Said>,
  requests: readonly SourceRequest[],
): readonly Mismatch[] {
  const found = requests.flatMap(({ said }) => {
    const actual = inWireForm(said);
    const all = [...meant];
    if (all.some(([, expected]) => isDeepStrictEqual(expected, actual))) return [];
    const nearest = all.toSorted(([, a], [, b]) => partsOf(a, actual).length - partsOf(b, actual).length)[0];
    if (nearest === undefined)
      return [{ at: 'a request that the policy does not make', expected: undefined, actual }];
    const [source, expected] = nearest;
    return partsOf(expected, actual).map((part) => ({
      at: `source ${source}: ${part}`,
      expected: expected[part],
      actual: actual[part],
    }));
  });
  return found.filter((one, i) => found.findIndex((other) => isDeepStrictEqual(one, other)) === i);
}

/** The parts in which two requests differ. */
function partsOf(expected: Said, actual: Said): readonly string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...names].filter((name) => !isDeepStrictEqual(expected[name], actual[name]));
}
