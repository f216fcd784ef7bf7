import { linked } from '@claimsmith/cel';
import {
  authoritiesOf,
  formatPath,
  isUnder,
  type Policy,
  type PolicyClaim,
  type PolicySource,
} from '@claimsmith/core';
import { generateProgram, js, programFields, propertyKey } from '@claimsmith/core/program';
import { headersText, minifyDeclarations } from '@claimsmith/host-js';
import { deadlineMs, scriptLimitBytes } from '../../limits.ts';
import { claimNames } from '../../names.ts';
import { planOf } from '../../plan/plan.ts';
import { grantsOf } from '../../plan/scope-plan.ts';
import { LIBRARY } from '../../platform/library.gen.ts';
import { settingsOf } from '../../settings.ts';
import { contextText } from './context.ts';

/** The script of a policy, and whether parts of it are minified because it would be too long otherwise. */
export interface PolicyScript {
  readonly text: string;
  readonly isMinified: boolean;
}

/**
 * The script that runs a policy inside Keycloak: ES5, one expression whose value is the policy marker. It makes the
 * claims that mappers do not make, decides about scopes, and sets the API's audience.
 */
export async function scriptOf(policy: Policy): Promise<PolicyScript> {
  const { parts, program, driver } = partsOf(policy);
  const readable = joined(policy, [...parts, program, driver]);
  if (readable.length <= scriptLimitBytes) return { text: readable, isMinified: false };
  const short = [
    '/* The policy and the driver, minified: Keycloak takes no longer script. */',
    await minifyDeclarations(`${program}\n${driver}`, 'es5'),
  ];
  return { text: joined(policy, [...parts, short.join('\n')]), isMinified: true };
}

interface Parts {
  readonly parts: readonly string[];
  readonly program: string;
  readonly driver: string;
}

function partsOf(policy: Policy): Parts {
  const rest = scriptPolicy(policy);
  const settings = settingsOf(policy);
  const names = claimNames(policy);
  // Every name except those of mappers: if the policy sets no value, other writers' values are removed.
  const own = planOf(policy).flatMap(({ by, name }) => (by === 'mapper' ? [] : [name]));
  // Authoritative claims: if an answer does not set them, other writers' values are removed.
  const granting = [
    ...policy.claims.filter(({ kind }) => kind === 'authoritative').map(({ name }) => names[name] ?? name),
    ...(policy.marker === undefined ? [] : [policy.marker.claim]),
  ];
  const userinfo = rest.claims
    .filter(({ tokens }) => tokens.includes('userinfo'))
    .map(({ name }) => names[name] ?? name);
  const native = planOf(policy).flatMap(({ by, claim, name }) =>
    by === 'mapper' ? [[claim.name, name] as const] : [],
  );
  const { auditKey } = policy;
  const fields = programFields(rest);
  const parts = [
    rest.sources.length > 0 ? sourcesText(rest.sources) : '',
    // As JSON: the simulator reads it back.
    `/* How to apply its decision. */
return ${settings.observe === undefined ? 'enrichToken' : 'enrichUnlessObserved'}({
  name: ${JSON.stringify(`${policy.name}@${policy.revision}`)},
  policy: ${JSON.stringify(policy.name)},
  revision: ${JSON.stringify(policy.revision)},
  realms: ${JSON.stringify(settings.realms.toSorted())},
  marker: ${JSON.stringify(policy.marker?.value ?? null)},
  markerClaim: ${JSON.stringify(policy.marker?.claim ?? '')},
  audience: ${JSON.stringify(settings.audience ?? '')},
  clients: ${JSON.stringify(settings.clients ?? null)},
  ${settings.observe === undefined ? '' : `observe: ${JSON.stringify(settings.observe)},\n  `}serviceAccounts: ${settings.serviceAccounts},
  scopes: ${JSON.stringify(grantsOf(policy).map((grant) => grant.name))},
  ofUsers: ${JSON.stringify(rulesOfUsers(policy))},
  deadlineMs: ${deadlineMs},
  native: ${JSON.stringify(Object.fromEntries(native))},
  ${auditKey === undefined ? '' : `subject: function () { return subjectDigest(${JSON.stringify(auditKey)}); },\n  `}decide: ${rest.sources.length > 0 ? 'decideAsking' : 'decideAlone'},
  own: ${JSON.stringify(own)},
  granting: ${JSON.stringify(granting)},
  ${keptText(userinfo, settings.remove)}${fields.some((field) => isUnder(['actor'], field)) ? 'act: actor,\n  ' : ''}all: ${JSON.stringify([...Object.values(names), ...(policy.marker === undefined ? [] : [policy.marker.claim])])}
});`,
    contextText(rest, fields, settings),
  ].filter((part) => part !== '');
  return {
    parts: ['var program = policyProgram();', ...parts],
    program: `/* The policy. */\nfunction policyProgram() {\n${generateProgram(rest, { names })}\nreturn program;\n}`,
    driver: `/* The driver: the same for every policy; unused parts are left out. */\n\n${linked(LIBRARY, parts.join('\n'))}`,
  };
}

/** What the policy adds to userinfo answers, and the claims that it takes out of tokens. */
function keptText(userinfo: readonly string[], remove: object | undefined): string {
  const kept = 'kept: { keep: keepUserinfo, answer: answerKept },\n  ';
  const added = userinfo.length === 0 ? '' : `userinfo: ${JSON.stringify(userinfo)},\n  `;
  if (remove === undefined) return added === '' ? '' : added + kept;
  return `${added}remove: {"take":removeClaims,${JSON.stringify(remove).slice(1)},\n  ${kept}`;
}

function joined(policy: Policy, parts: readonly string[]): string {
  return ascii(`${header(policy)}(function () {\n'use strict';\n\n${parts.join('\n\n')}\n})();\n`);
}

/**
 * The policy without the claims that mappers make. If other parts read such a claim, it is evaluated but goes into no
 * token.
 */
function scriptPolicy(policy: Policy): Policy {
  const plan = new Map(planOf(policy).map((entry) => [entry.claim.name, entry.by]));
  const isOwn = ({ name }: PolicyClaim) => plan.get(name) === 'script';
  const readers = [...policy.claims, ...policy.scopes, ...policy.details];
  const isRead = ({ name }: PolicyClaim) => readers.some(({ reads }) => reads.claims.includes(name));
  const claims = policy.claims.flatMap((claim) => {
    if (isOwn(claim)) return [claim];
    return isRead(claim) ? [{ ...claim, tokens: [] }] : [];
  });
  // The script's result is the marker.
  return { ...policy, claims, marker: undefined };
}

/** The reasons of deny rules that depend only on the user, also through sources. */
function rulesOfUsers(policy: Policy): readonly string[] {
  const fields = new Map(
    authoritiesOf(policy).map((authority) => [formatPath(authority.path), authority.fields]),
  );
  const isOfUser = (field: string) => /^(user|org|subject_type)(\.|$)/.test(field);
  // Whoever gives the further proof may log in, so a challenge ends no session.
  const others = policy.deny.flatMap(({ path, challenge, reason }) =>
    challenge === undefined && fields.get(formatPath([...path, 'when']))?.every(isOfUser) ? [] : [reason],
  );
  return [...new Set(policy.deny.map(({ reason }) => reason))].filter((reason) => !others.includes(reason));
}

/** How its sources are asked. */
function sourcesText(sources: readonly PolicySource[]): string {
  const entries = sources.flatMap((source) => {
    if (source.kind !== 'http') return [];
    const { name, method, body, headers, oauth2, timeoutMs, retries, limitBytes } = source;
    return `  ${propertyKey(name)}: {
${method === 'POST' ? '    isPost: true,\n' : ''}${oauth2 === undefined ? '' : `    client: ${js({ ...oauth2 }).replace(/ }$/, ', ask: askAuthorized }')},\n`}    headers: function (setting) {
      return ${headersText(headers, body !== undefined)};
    },
    timeoutMs: ${timeoutMs},
    retries: ${retries},
    limitBytes: ${limitBytes},
    isPrivate: ${source.private}
  }`;
  });
  return `/* How to ask the sources of the policy. */\nvar sources = {\n${entries.join(',\n')}\n};`;
}

function header({ name, revision }: Policy): string {
  return `/*
 * Claimsmith: the policy ${name}, revision ${revision}, for Keycloak. Generated; do not edit.
 * Runs as a script mapper after all other mappers. Without it, tokens lack the audience of the API.
 */
`;
}

/** Text of ASCII only, so that the encoding of scripts in an installation does not matter. */
function ascii(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
