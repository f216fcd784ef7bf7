import { suggest } from '@claimsmith/cel';
import { type Finding, isError, type Path, type SpecSource, type ValidAcceptance } from './finding.ts';
import { catalogue } from './rules/index.ts';
import { partAt } from './spec/part-at.ts';
import type { Spec } from './spec/schema.ts';

/** How many days ahead an acceptance may end. */
const limitDays = 180;
/** The same for errors of rules about safety. */
const safetyLimitDays = 30;

/**
 * The acceptances of a spec that are valid on a day, and findings about the others. Pure.
 *
 * @param today `2027-01-31`; undefined: none is valid
 */
export function validAcceptances(
  spec: Spec,
  source: SpecSource,
  today: string | undefined,
): { readonly valid: readonly ValidAcceptance[]; readonly findings: readonly Finding[] } {
  const valid: ValidAcceptance[] = [];
  const findings: Finding[] = [];
  if (today === undefined) return { valid, findings };
  for (const [index, acceptance] of (spec.accept ?? []).entries()) {
    const place: Path = ['accept', index];
    const judged = judge(acceptance, spec, today);
    if ('problem' in judged) findings.push(findingOf(judged, place, source));
    else valid.push({ ...judged, place });
  }
  return { valid, findings };
}

/** What is wrong with an acceptance, and with which part of it. */
interface Fault {
  readonly key?: string;
  readonly problem: string;
  readonly help: string;
}

function findingOf({ key, problem, help }: Fault, place: Path, source: SpecSource): Finding {
  const range = source.value(key === undefined ? place : [...place, key]);
  return { rule: 'TE606', severity: 'error', message: problem, range, help };
}

function judge(
  { rule, at, because, owner, until }: NonNullable<Spec['accept']>[number],
  spec: Spec,
  today: string,
): Omit<ValidAcceptance, 'place'> | Fault {
  const missing = Object.entries({ rule, at, because, owner, until })
    .filter(([, text]) => text === undefined || text.trim() === '')
    .map(([key]) => `\`${key}\``);
  if (missing.length > 0 || !rule || !at || !because || !owner || !until) {
    const help = 'Say which findings are accepted, where, why and until when, and who owns the acceptance.';
    return { problem: `This acceptance lacks ${missing.join(', ')}.`, help };
  }
  const unknown = ruleProblem(rule);
  if (unknown !== undefined) return { key: 'rule', problem: unknown.message, help: unknown.help };
  const part = partAt(at, spec);
  if ('near' in part) {
    const help =
      part.near === undefined
        ? 'Name a part as `claims.roles`, `deny.<reason>` or `issuers.okta`.'
        : `Did you mean \`${part.near}\`?`;
    return { key: 'at', problem: `This spec does not have the part \`${at}\`.`, help };
  }
  const daysLeft = daysBetween(today, until);
  if (daysLeft < 0) {
    const help = 'Fix the findings, or accept them again with a reason that is still true.';
    return { key: 'until', problem: `This acceptance of ${rule} ended on ${until}.`, help };
  }
  if (daysLeft > limitDays) {
    const problem = `An acceptance may last at most ${limitDays} days; this one ends in ${daysLeft} days.`;
    return { key: 'until', problem, help: `Choose ${dayAfter(today, limitDays)} or earlier.` };
  }
  return { rule, at, because, owner, until, daysLeft, ...part };
}

function ruleProblem(id: string): { readonly message: string; readonly help: string } | undefined {
  const rule = catalogue.find((each) => each.id === id);
  if (rule === undefined) {
    const near = suggest(
      id,
      catalogue.map((each) => each.id),
    );
    const help = near === undefined ? 'docs/rules.md lists them.' : `Did you mean \`${near}\`?`;
    return { message: `Rule \`${id}\` does not exist.`, help };
  }
  if (rule.unacceptable !== true) return undefined;
  return {
    message: `${id} cannot be accepted, because a spec with such a finding cannot be built.`,
    help: rule.mend,
  };
}

/** The valid acceptance of a finding, or undefined. */
export function acceptanceOf(
  finding: Finding,
  acceptances: readonly ValidAcceptance[],
): ValidAcceptance | undefined {
  return acceptances.find((acceptance) => isAbout(acceptance, finding) && !isTooLong(acceptance, finding));
}

/** Findings with their acceptances. */
export function withAcceptances(
  findings: readonly Finding[],
  acceptances: readonly ValidAcceptance[],
): readonly Finding[] {
  if (acceptances.length === 0) return findings;
  return findings.map((finding) => {
    const accepted = acceptanceOf(finding, acceptances);
    if (accepted !== undefined) return { ...finding, accepted };
    const long = acceptances.find((acceptance) => isAbout(acceptance, finding));
    if (long === undefined) return finding;
    const why = `The acceptance until ${long.until} does not count: errors of ${finding.rule} can be accepted for at most ${safetyLimitDays} days.`;
    return { ...finding, help: finding.help === undefined ? why : `${finding.help} ${why}` };
  });
}

/**
 * Warnings about acceptances that match no finding of `check`. It cannot know what `export` reports.
 *
 * @param count of all acceptances of the spec; if each of them has no effect, the fix removes `accept` itself
 */
export function unusedAcceptances(
  findings: readonly Finding[],
  acceptances: readonly ValidAcceptance[],
  source: SpecSource,
  count = Number.POSITIVE_INFINITY,
): readonly Finding[] {
  const unused = acceptances
    .filter(({ rule }) => catalogue.find(({ id }) => id === rule)?.format === undefined)
    .filter((acceptance) => !findings.some((finding) => isAbout(acceptance, finding)));
  return unused.map(({ rule, at, place }) => ({
    rule: 'TE606',
    severity: 'warning',
    message: `This acceptance has no effect: \`${at}\` has no finding of ${rule}.`,
    range: source.value(place),
    help: 'Remove the acceptance.',
    fix: { remove: unused.length === count ? ['accept'] : place },
  }));
}

function isAbout({ rule, issuer, path }: ValidAcceptance, finding: Finding): boolean {
  if (finding.rule !== rule || (issuer !== undefined && finding.issuer !== issuer)) return false;
  const at = finding.range?.path ?? [];
  return path.every((step, depth) => step === at[depth]);
}

function isTooLong({ daysLeft }: ValidAcceptance, finding: Finding): boolean {
  const rule = catalogue.find(({ id }) => id === finding.rule);
  return daysLeft > safetyLimitDays && rule?.safety === true && isError(finding);
}

const dayMs = 86_400_000;

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

function dayAfter(day: string, count: number): string {
  return new Date(Date.parse(day) + count * dayMs).toISOString().slice(0, 10);
}
