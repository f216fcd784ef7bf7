import type { Finding, Policy, SpecSource } from '@claimsmith/core';
import { settingsOf } from '@claimsmith/core';
import { readShape, type TextFile } from '@claimsmith/core/spec';
import { isVault, type SettingReference } from '../secret-reference.ts';
import { maskedText } from './mask.ts';
import { plainSecrets } from './plain-secrets.ts';
import { environmentSchema, type Targets } from './schema.ts';

/** Where a policy is published to. It holds no secret, only where each is kept. */
export interface Environment {
  /** Where the value of each `${NAME}` of the spec is kept, by its name. */
  readonly settings: Readonly<Record<string, SettingReference>>;
  /** By issuer id, its entries as the target's `settings` parsed them; at least one each. */
  readonly targets: Readonly<Record<string, readonly unknown[]>>;
  /** The folder of the journal as it is written; undefined: the default. */
  readonly journal: string | undefined;
}

export interface EnvironmentReading {
  /** Undefined if a finding is an error. */
  readonly environment: Environment | undefined;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
  /** The text to show with the findings: like the file's, but values that may be secrets are covered. */
  readonly shownText: string;
}

export interface EnvironmentOptions {
  readonly targets: Targets;
  /** Defines which settings and targets there may be; without it any are accepted. */
  readonly policy?: Policy | undefined;
}

/**
 * Reads an environment in YAML 1.2, or in JSON if the file's name ends in `.json`, under the bounds of `readSpec`. Reports
 * all problems at once, each with its place; it never throws, and reads no secret.
 */
export function readEnvironment(
  { file, text }: TextFile,
  { targets, policy }: EnvironmentOptions,
): EnvironmentReading {
  const { value, data, source, findings } = readShape(
    { file, text },
    environmentSchema(targets),
    'environment',
  );
  const shownText = maskedText(source, findings.some(({ rule }) => rule === 'TE001') ? undefined : data);
  const secrets = plainSecrets(data).map((path) => secretInPlain(source.value(path)));
  if (value === undefined)
    return { environment: undefined, findings: inOrder([...findings, ...secrets]), shownText };
  const { settings = {}, journal } = value;
  const named = Object.entries(value.targets).filter(([, entries]) => entries !== undefined);
  const all = inOrder([
    ...findings,
    ...secrets,
    ...named.flatMap(([id]) => targetFindings(id, targets, policy, source)),
    ...vaultFindings(
      settings,
      named.map(([id]) => id),
      targets,
      source,
    ),
    ...(named.length === 0 ? [noTarget(source, targets)] : []),
    ...settingFindings(
      settings,
      named.some(([id]) => targets[id]?.fillsSettings !== false),
      policy,
      source,
    ),
  ]);
  if (all.some(({ severity }) => severity === 'error'))
    return { environment: undefined, findings: all, shownText };
  const entries = named.map(([id, entry]) => [id, Array.isArray(entry) ? entry : [entry]] as const);
  return {
    environment: { settings, targets: Object.fromEntries(entries), journal },
    findings: all,
    shownText,
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => (a.range?.start.offset ?? -1) - (b.range?.start.offset ?? -1));
}

function secretInPlain(range: Finding['range']): Finding {
  return {
    rule: 'TE953',
    severity: 'warning',
    message: 'This `value` looks like a secret in plain text.',
    range,
    help: 'Write { env: NAME }, { file: path } or { command: [op, read, …] } instead. If the secret is real, revoke it.',
  };
}

function targetFindings(
  id: string,
  targets: Targets,
  policy: Policy | undefined,
  source: SpecSource,
): readonly Finding[] {
  const range = source.key(['targets', id]);
  const common = { rule: 'TE950', severity: 'error', range } as const;
  if (targets[id] === undefined) {
    const message = `Claimsmith cannot publish to \`${id}\`.`;
    return [{ ...common, message, help: publishable(targets) }];
  }
  const issuers = Object.keys(policy?.spec.issuers ?? {});
  if (issuers.length === 0 || issuers.includes(id)) return [];
  return [
    {
      ...common,
      message: `The spec is not for the issuer \`${id}\`.`,
      help: `Remove this target, or add \`${id}: {}\` under \`issuers\` in the spec.`,
    },
  ];
}

function noTarget(source: SpecSource, targets: Targets): Finding {
  return {
    rule: 'TE950',
    severity: 'error',
    message: 'The environment has no target.',
    range: source.key(['targets']),
    help: publishable(targets),
  };
}

function publishable(targets: Targets): string {
  const ids = Object.keys(targets).filter((id) => targets[id] !== undefined);
  return `It can publish to ${ids.map((id) => `\`${id}\``).join(', ')}.`;
}

function settingFindings(
  settings: Readonly<Record<string, SettingReference>>,
  fillsSettings: boolean,
  policy: Policy | undefined,
  source: SpecSource,
): readonly Finding[] {
  if (policy === undefined) return [];
  const needed = settingsNeeded(policy);
  const missing = fillsSettings ? needed.filter((name) => !Object.hasOwn(settings, name)) : [];
  return [
    ...missing.map(
      (name): Finding => ({
        rule: 'TE951',
        severity: 'error',
        message: `The spec reads \`\${${name}}\`, and the environment does not say where its value is kept.`,
        range: source.key(['settings']),
        help: `Add it under \`settings\`: \`${name}: { env: ${name} }\`.`,
      }),
    ),
    ...Object.keys(settings)
      .filter((name) => !needed.includes(name))
      .map(
        (name): Finding => ({
          rule: 'TE952',
          severity: 'warning',
          message: `Nothing in the spec reads \`\${${name}}\`.`,
          range: source.key(['settings', name]),
          help:
            needed.length === 0
              ? 'Remove it: the spec reads no settings.'
              : `Remove it, or correct its name: the spec reads ${needed.map((each) => `\`${each}\``).join(', ')}.`,
        }),
      ),
  ];
}

/** A place that is given values cannot be given one that nobody here knows. */
function vaultFindings(
  settings: Readonly<Record<string, SettingReference>>,
  ids: readonly string[],
  targets: Targets,
  source: SpecSource,
): readonly Finding[] {
  const unable = ids.filter((id) => {
    const target = targets[id];
    return target !== undefined && target.fillsSettings !== false && target.resolvesReferences !== true;
  });
  if (unable.length === 0) return [];
  return Object.entries(settings)
    .filter(([, reference]) => isVault(reference))
    .map(([name]) => ({
      rule: 'TE954',
      severity: 'error',
      message: `The value of \`\${${name}}\` is kept in AWS, and ${unable.map((id) => `\`${id}\``).join(', ')} cannot read it there.`,
      range: source.value(['settings', name]),
      help: 'Give this target an environment of its own, with { command: [aws, secretsmanager, get-secret-value, …] } or { env: NAME }.',
    }));
}

/** The `${NAME}`s that a policy's sources need, each once. */
export function settingsNeeded(policy: Policy): readonly string[] {
  return [...new Set(policy.sources.flatMap(settingsOf))];
}
