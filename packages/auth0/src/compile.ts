import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type Artifact,
  type Compilation,
  contextFields,
  type Finding,
  generateProgram,
  type HttpPolicySource,
  isError,
  type Policy,
  type PolicySource,
} from '@claimsmith/core';
import { mayAsk } from '@claimsmith/runtime';
import { check } from './check.ts';
import { claimNames } from './claim-names.ts';
import { actionLimitBytes, actionRuntime, type TriggerId, triggers } from './limits.ts';
import { piecesText } from './pieces.ts';
import { type Settings, settingsOf } from './settings.ts';
import { loadAction } from './simulator.ts';
import { originsOf } from './supplies.ts';
import type { Manifest } from './wire.ts';

/**
 * Turns a policy into one Action per trigger, as `<trigger>.js`, and a `manifest.json` that says how to deploy
 * them. Each Action is loaded as Auth0 would before it is returned. The same policy gives the same bytes.
 *
 * @throws ActionError when a generated Action does not load: a bug here, never the spec's fault
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const findings = [...check(policy)];
  if (findings.some(isError)) return { artifacts: [], findings };
  const settings = settingsOf(policy);
  const artifacts: Artifact[] = [];
  for (const trigger of Object.keys(triggers).filter(isTriggerId)) {
    if (!settings.triggers.includes(trigger)) continue;
    const action = await createAction(policy, settings, trigger, findings);
    if (action !== undefined) artifacts.push(action);
  }
  const content = `${JSON.stringify(manifest(policy, artifacts), undefined, 2)}\n`;
  return { artifacts: [...artifacts, { path: 'manifest.json', content }], findings };
}

export function isTriggerId(id: string): id is TriggerId {
  return Object.hasOwn(triggers, id);
}

async function createAction(
  policy: Policy,
  settings: Settings,
  trigger: TriggerId,
  findings: Finding[],
): Promise<Artifact | undefined> {
  const body = bodyText(policy, settings, trigger);
  const readable = header(policy, trigger) + body;
  const isTooLong = Buffer.byteLength(readable) > actionLimitBytes;
  const content =
    settings.minify || isTooLong ? header(policy, trigger) + (await minify(body, policy)) : readable;
  const bytes = Buffer.byteLength(content);
  if (bytes > actionLimitBytes || isTooLong) findings.push(sizeFinding(policy, trigger, bytes));
  if (bytes > actionLimitBytes) return undefined;
  loadAction(content, trigger);
  return { path: `${trigger}.js`, content };
}

/**
 * The policy, what binds it to the trigger, and what drives it. The policy comes verbatim, its comments too: it is
 * what a reviewer of the deployed Action wants to read.
 */
function bodyText(policy: Policy, settings: Settings, trigger: TriggerId): string {
  const isAsking = policy.sources.length > 0;
  const decision = isAsking
    ? 'decideAsking(program, sources, event, api)'
    : 'program.decide(program.context(event), {})';
  const { handler } = triggers[trigger];
  const origins = originsOf(trigger, contextFields(policy), settings);
  const parts = [
    ...(isAsking ? [sourcesText(policy)] : []),
    `const ${handler} = async (event, api) => {
  await ${drivers[trigger]}('${policy.name}@${policy.revision}', api, () => ${decision});
};
exports.${handler} = ${handler};\n`,
  ];
  return [
    "'use strict';\n",
    `// The policy.\nconst program = (function () {\n${generateProgram(policy, { names: claimNames(policy), origins })}\nreturn program;\n})();\n`,
    ...parts,
    '// What drives it: the same for every policy, as far as one needs it.',
    piecesText([...Object.values(origins.fields), ...parts]),
  ].join('\n');
}

const drivers = { 'post-login': 'postLogin', 'credentials-exchange': 'credentialsExchange' } as const;

/** All that a spec's author has named or written, in one text: what may become a property in an Action. */
function ownWords({ spec, context, claims, scopes, details, deny, sources }: Policy): string {
  return JSON.stringify([
    [spec.tables, context],
    sources.filter(isHttp).map(({ name, returns, url }) => [name, returns, url.map(sourceOf)]),
    claims.map(({ name, as, value, constant, when, onMissing }) => [
      [name, as, constant, onMissing],
      [value, when].map(sourceOf),
    ]),
    scopes.map(({ name, grant }) => [name, grant.source]),
    details.map(({ type, fields, grant }) => [type, fields, grant.source]),
    deny.map(({ reason, when }) => [reason, when.source]),
  ]);
}

function sourceOf(part: string | { readonly source: string } | undefined): string | undefined {
  return typeof part === 'object' ? part.source : part;
}

/** How sources are asked: `HttpSource` of @claimsmith/runtime by name. */
function sourcesText(policy: Policy): string {
  const sources = policy.sources
    .filter(isHttp)
    .map(({ name, url, headers, timeoutMs, retries, cacheMs, staleMs, limitBytes }) => {
      const all = Object.entries({ accept: 'application/json', ...headers });
      const members = all.map(
        ([header, text]) => `${JSON.stringify(header.toLowerCase())}: ${filledText(text)}`,
      );
      return `  ${JSON.stringify(name)}: {
    headers: (setting) => ({ ${members.join(', ')} }),
    timeoutMs: ${timeoutMs},
    retries: ${retries},
    cacheMs: ${cacheMs},
    staleMs: ${staleMs},
    limitBytes: ${limitBytes},${isWholeOrigin(url[0]) ? '' : '\n    fillAddress,'}
  },\n`;
    });
  return `// How its sources are asked.\nconst sources = {\n${sources.join('')}};\n`;
}

/** `check` refuses all others. */
function isHttp(source: PolicySource): source is HttpPolicySource {
  return source.kind === 'http';
}

/** A text with `${NAME}`s as JavaScript: `"Bearer " + setting("TOKEN")`. */
function filledText(text: string): string {
  const pieces = text.split(/\$\{([^{}]*)\}/).map((piece, i) => {
    const literal = JSON.stringify(piece);
    return i % 2 === 1 ? `setting(${literal})` : literal;
  });
  return pieces.filter((piece) => piece !== '""').join(' + ') || '""';
}

/** Whether an address that begins so surely goes to one origin that may be asked, whatever comes after. */
function isWholeOrigin(text: unknown): boolean {
  return typeof text === 'string' && /^https?:\/\/[\w.:[\]-]+\/[^$]*$/.test(text) && mayAsk(text);
}

/**
 * Properties of ours that no vendor, no built-in and no string names: minified, they are as short as variables.
 * Words that a spec has chosen stay as they are.
 */
// biome-ignore format: a table
const ownProperties = [
  'add', 'answers', 'asking', 'budget', 'cacheMs', 'cause', 'context', 'deadlineMs', 'decide', 'denied', 'endMs', 'fillAddress', 'kind',
  'left', 'lifetimeSeconds', 'limitBytes', 'needs', 'outcome', 'outcomes', 'passing', 'program', 'recall', 'remove', 'retries',
  'revision', 'settings', 'source', 'sources', 'timeoutMs',
];

/** The code without white space and long names. */
export async function minify(body: string, policy: Policy): Promise<string> {
  const { transform } = await import('esbuild');
  const words = ownWords(policy);
  const short = ownProperties.filter((name) => !words.includes(name));
  const { code } = await transform(body, {
    minify: true,
    mangleProps: new RegExp(`^(${short.join('|')})$`),
    target: actionRuntime,
    format: 'cjs',
    charset: 'utf8',
  });
  return code;
}

function header(policy: Policy, trigger: TriggerId): string {
  return `// ${policy.name}, revision ${policy.revision}: ${trigger} ${triggers[trigger].version}
// Generated by Claimsmith ${version}. Edit the enrichment spec, not this file.
`;
}

const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

function sizeFinding(policy: Policy, trigger: TriggerId, bytes: number): Finding {
  const fits = bytes <= actionLimitBytes;
  return {
    rule: 'TE803',
    severity: fits ? 'info' : 'error',
    issuer: 'auth0',
    message: fits
      ? `The ${trigger} Action is minified, ${bytes} bytes: as readable code it would exceed Auth0's ${actionLimitBytes}.`
      : `The ${trigger} Action has ${bytes} bytes, Auth0 takes ${actionLimitBytes}.`,
    range: policy.source.value(['claims']),
    ...(fits ? {} : { help: 'Split the spec, or move large tables into a source.' }),
  };
}

function manifest(policy: Policy, artifacts: readonly Artifact[]): Manifest {
  const lifetimeMs = policy.spec.lifetime?.access;
  return {
    policy: policy.name,
    revision: policy.revision,
    generator: `claimsmith ${version}`,
    actions: artifacts.map(({ path, content }) => {
      const id = path.slice(0, -'.js'.length);
      const trigger = isTriggerId(id) ? id : 'post-login';
      return {
        name: `${policy.name}-${trigger}`,
        trigger: { id: trigger, version: triggers[trigger].version },
        runtime: actionRuntime,
        file: path,
        bytes: Buffer.byteLength(content),
        sha256: createHash('sha256').update(content).digest('hex'),
        secrets: [...policy.secrets],
        dependencies: [],
      };
    }),
    api: lifetimeMs === undefined ? {} : { tokenLifetimeSeconds: lifetimeMs / 1000 },
  };
}
