import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Artifact,
  type Compilation,
  type Finding,
  generateProgram,
  type Policy,
} from '@claimsmith/core';
import type { HttpSource } from '@claimsmith/runtime';
import { check } from './check.ts';
import { claimNames } from './claim-names.ts';
import { actionLimitBytes, actionRuntime, deadlineMs, type TriggerId, triggers } from './limits.ts';
import { type Settings, settingsOf } from './settings.ts';
import { loadAction } from './simulator.ts';
import type { Manifest } from './wire.ts';

/**
 * Turns a policy into one Action per trigger, as `<trigger>.js`, and a `manifest.json` that says how to deploy
 * them. Each Action is loaded as Auth0 would before it is returned. The same policy gives the same bytes.
 *
 * @throws Error when a generated Action does not load: a bug here, never the spec's fault
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const findings = [...check(policy)];
  if (findings.some(({ severity }) => severity === 'error')) return { artifacts: [], findings };
  const settings = settingsOf(policy);
  const program = generateProgram(policy, { names: claimNames(policy) });
  const artifacts: Artifact[] = [];
  for (const trigger of Object.keys(triggers).filter(isTriggerId)) {
    if (!settings.triggers.includes(trigger)) continue;
    const action = await createAction(policy, settings, trigger, program, findings);
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
  program: string,
  findings: Finding[],
): Promise<Artifact | undefined> {
  const { build, transform } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: entryText(policy, settings, trigger), resolveDir: here, loader: 'js' },
    bundle: true,
    write: false,
    // As ES module the output needs no wrapper: it imports nothing, and its one export is easily turned.
    format: 'esm',
    platform: 'node',
    target: actionRuntime,
    conditions: extension === 'ts' ? ['@claimsmith/source'] : [],
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: {},
    absWorkingDir: here,
    logLevel: 'silent',
  });
  const { handler } = triggers[trigger];
  const modules = (outputFiles[0]?.text ?? '')
    .replace(moduleComment, '')
    .replace(/^export \{[^}]*\};\s*$/m, `exports.${handler} = ${handler};\n`);
  const body = `'use strict';\n\n${programText(program)}\n${modules}`;
  const readable = header(policy, trigger) + body;
  const isTooLong = Buffer.byteLength(readable) > actionLimitBytes;
  const content =
    settings.minify || isTooLong
      ? header(policy, trigger) + (await transform(body, { minify: true, target: actionRuntime })).code
      : readable;
  const bytes = Buffer.byteLength(content);
  if (bytes > actionLimitBytes || isTooLong) findings.push(sizeFinding(policy, trigger, bytes));
  if (bytes > actionLimitBytes) return undefined;
  loadAction(content, trigger);
  return { path: `${trigger}.js`, content };
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const here = fileURLToPath(new URL('.', import.meta.url));

/** A line on which esbuild names the file that follows: it differs from one installation to the next. */
const moduleComment = /^\/\/ (?:\S+\.(?:ts|js)|<stdin>)\n/gm;

/** The policy comes verbatim, its comments too: it is what a reviewer of the deployed Action wants to read. */
function programText(program: string): string {
  return `// The policy.\nconst program = (function () {\n${program}\nreturn program;\n})();\n`;
}

/** Binds the policy to its trigger. Code to ask sources comes in only where there are any. */
function entryText(policy: Policy, settings: Settings, trigger: TriggerId): string {
  const options = {
    name: `${policy.name}@${policy.revision}`,
    ...(trigger === 'post-login' ? { attributesIn: settings.attributesIn, groupsIn: settings.groupsIn } : {}),
  };
  const handler = trigger === 'post-login' ? 'postLogin' : 'credentialsExchange';
  const runs = `import { ${handler} } from './entry/${trigger}.${extension}';`;
  const exported = `
const options = ${JSON.stringify(options, undefined, 2)};
export const ${triggers[trigger].handler} = async (event, api) => {
  await ${handler}(event, api, { ...options, decide });
};
`;
  if (policy.sources.length === 0) {
    return `${runs}
import { evaluate } from '@claimsmith/runtime';
const decide = async (context) => evaluate(program, context);
${exported}`;
  }
  return `${runs}
import { enrich, httpAsk } from '@claimsmith/runtime';
import { actionCache } from './entry/action-cache.${extension}';
const sources = ${JSON.stringify(sourcesOf(policy), undefined, 2)};
const decide = (context, event, api) => enrich({
  program,
  context,
  ask: httpAsk({
    sources,
    revision: program.revision,
    settings: event.secrets ?? {},
    fetch: (url, init) => fetch(url, init),
    cache: actionCache(api.cache),
  }),
  deadlineMs: ${deadlineMs},
});
${exported}`;
}

function sourcesOf(policy: Policy): Readonly<Record<string, HttpSource>> {
  const entries = policy.sources.map(({ name, headers, timeoutMs, retries, cacheMs, limitBytes }) => {
    return [name, { headers, timeoutMs, retries, cacheMs, limitBytes }] as const;
  });
  return Object.fromEntries(entries);
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
  };
}
