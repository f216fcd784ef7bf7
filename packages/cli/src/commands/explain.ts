import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { catalogue, type Policy, withLookups } from '@claimsmith/core';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { shellWord, visible } from '../output/text.ts';
import { explainPart, type Fact, partForms, ruleFacts } from '../run/explain-part.ts';
import { explainClaim } from '../run/explanation.ts';
import { showExplanation, showFacts, showPart, showRule } from '../show/explanation.ts';
import { showFindings } from '../show/findings.ts';
import { specNames } from '../spec/find.ts';
import { type Loaded, loadOptions, loadSpec } from '../spec/load.ts';

type Flags = FlagsOf<'explain'>;

/** Explains a claim, another part of a policy, or a rule. */
export async function explain(
  terminal: Terminal,
  [name = '', spec]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const { paint, width } = terminal;
  const rule = catalogue.find(({ id }) => id === name);
  if (rule !== undefined) {
    const facts = spec === undefined ? [] : await factsOf(terminal, rule.id, spec, flags);
    const more = showFacts(facts, paint, width);
    const text = more.length === 0 ? '' : `${more.join('\n')}\n\n`;
    terminal.out(
      flags.json
        ? jsonDocument({ ...rule, ...(spec === undefined ? {} : { facts }) })
        : showRule(rule, paint, width) + text,
    );
    return exit.fine;
  }
  const rules = catalogue.map(({ id }) => id);
  if (/^TE\d+$/.test(name)) {
    const near = (await nearest(name, rules)) || '; docs/rules.md has them all';
    throw new CliError('not_found', `unknown rule ${name}${near}`);
  }
  assertOrder(name, spec, terminal.cwd);
  const loaded = await loadSpec(spec, [], terminal.cwd, loadOptions(terminal, flags));
  const { issuers } = loaded;
  const policy = loaded.policy && withLookups(loaded.policy);
  if (policy === undefined) {
    await showFindings(loaded.findings, loaded, terminal.paintErr, width, terminal.err);
    return exit.findings;
  }
  const called = name.startsWith('claims.') ? name.slice('claims.'.length) : name;
  const claim =
    policy.claims.find((one) => one.name === name) ?? policy.claims.find((one) => one.name === called);
  if (claim !== undefined) {
    const explanation = explainClaim(policy, claim, issuers, loaded.policyAt);
    terminal.out(flags.json ? jsonDocument(explanation) : showExplanation(explanation, paint, width));
    return exit.fine;
  }
  const part = explainPart(loaded, policy, name);
  if (part === undefined) throw await notFound(loaded, policy, name, rules);
  terminal.out(flags.json ? jsonDocument(part) : showPart(part, paint, width));
  return exit.fine;
}

/** What a rule says of a spec, also if the spec has errors. */
async function factsOf(terminal: Terminal, id: string, spec: string, flags: Flags): Promise<readonly Fact[]> {
  const loaded = await loadSpec(spec, [], terminal.cwd, loadOptions(terminal, flags));
  return ruleFacts(loaded, loaded.policy, id);
}

async function notFound(
  loaded: Loaded,
  policy: Policy,
  name: string,
  rules: readonly string[],
): Promise<CliError> {
  const claims = policy.claims.map((claim) => claim.name);
  const parts = [
    ...policy.scopes.map((scope) => scope.name),
    ...policy.deny.map(({ reason }) => reason),
    ...policy.sources.map((source) => source.name),
    ...Object.keys(policy.spec.user?.attributes ?? {}),
  ];
  const near = await nearest(name, [...claims, ...parts, ...rules]);
  return new CliError(
    'not_found',
    `${loaded.file.name} has no ${visible(name)}${near || `; name ${partForms}. Its claims are ${claims.join(', ')}`}`,
  );
}

/** Other commands take only a spec, so people may write it first. */
function assertOrder(name: string, spec: string | undefined, cwd: string): void {
  const isThere = (path: string) => existsSync(resolve(cwd, path));
  // Without a spec in the current folder, a name that is there is the spec.
  const isSpec = () => /[\\/.]/.test(name) || !specNames.some(isThere);
  const isSwapped = isThere(name) && (spec === undefined ? isSpec() : !isThere(spec));
  if (!isSwapped) return;
  throw new CliError(
    'usage',
    `the claim comes first, then the spec: claimsmith explain ${spec === undefined ? '<claim>' : shellWord(spec)} ${shellWord(name)}`,
  );
}
