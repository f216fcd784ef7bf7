import type { Type } from '@claimsmith/cel';
import { oneAnswer, type Policy, type PolicySource } from '@claimsmith/core';
import { fill, visible } from '../output/text.ts';
import type { Tried } from '../proof/try.ts';
import type { Preview } from '../run/issue.ts';
import { type Page, unansweredNote } from './preview.ts';
import { reasonOf } from './reason.ts';

/** Below a scenario: why the policy is not as expected, and sources that the scenario does not mention. */
export function reasonsFor(
  failed: readonly Tried[],
  previews: readonly Preview[],
  policy: Policy,
  page: Page,
): string[] {
  const { paint } = page;
  const missed = failed.find(({ where }) => where === 'policy');
  const reasons = missed === undefined ? [] : reasonsOf(missed, previews, policy);
  const unanswered = [...new Set(previews.flatMap((preview) => preview.unanswered))].filter(
    (source) => !reasons.some((reason) => reason.includes(` ${source} `)),
  );
  return [
    ...reasons.flatMap((reason) =>
      hanging('    ', `because ${reason}`, page).map((line) => paint.faint(line)),
    ),
    ...unanswered.flatMap((source) =>
      hanging(`  ${paint.warn('!')} `, unansweredNote(visible(source)), page),
    ),
  ];
}

/** Why what was expected is not there. */
function reasonsOf(
  { differences, missed }: Tried,
  previews: readonly Preview[],
  policy: Policy,
): readonly string[] {
  const first = previews.find(
    ({ issuer }) => missed === undefined || missed.some(({ issuers }) => issuers.includes(issuer)),
  );
  const { outcomes = [] } = first ?? {};
  const wanted = new Set(differences.map(({ at }) => at));
  const meant = outcomes.filter(({ kind, name, outcome }) => {
    if (wanted.has('denied') || wanted.has('challenged'))
      return outcome === 'denied' || (kind === 'detail' && outcome === 'refused');
    if (kind === 'scope') return wanted.has('scopes') && outcome === 'refused';
    const isWanted = wanted.has(`access.${name}`) || wanted.has(`id.${name}`);
    return kind === 'claim' && isWanted && ['default', 'omitted', 'skipped'].includes(outcome);
  });
  return meant.map((outcome) => `${visible(outcome.name)}: ${reasonOf(outcome, policy, first)}`);
}

/** How to write the answers of sources that a scenario lacks. */
export function answerHint(previews: readonly Preview[], policy: Policy, page: Page): string[] {
  const names = new Set(previews.flatMap(({ unanswered }) => unanswered));
  const sources = policy.sources.filter(({ name }) => names.has(name));
  if (sources.length === 0) return [];
  const each = (answer: (source: PolicySource) => string) =>
    `     sources: { ${sources.map((source) => `${source.name}: ${answer(source)}`).join(', ')} }`;
  return [
    '',
    ...hanging(
      `${page.paint.warn('!')}  `,
      'Say what a source answers, in one scenario or above all scenarios:',
      page,
      3,
    ),
    each((source) => anyValueOf(oneAnswer(source))),
    '   or that it fails:',
    each(() => '{ fails: timeout }'),
  ];
}

/** A value of the declared type, to be filled in. */
export function anyValueOf(type: Type): string {
  switch (type.kind) {
    case 'record': {
      const fields = Object.entries(type.fields).map(([name, field]) => `${name}: ${anyValueOf(field.type)}`);
      return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
    }
    case 'list':
      return type.element.kind === 'record' ? `[${anyValueOf(type.element)}]` : '[]';
    case 'map':
      return '{}';
    case 'bool':
      return 'true';
    case 'int':
    case 'double':
      return '0';
    default:
      return '"…"';
  }
}

function hanging(head: string, text: string, { width }: Page, indent = 4): string[] {
  const [first = '', ...more] = fill(text, Math.max(20, width - indent));
  return [head + first, ...more.map((line) => ' '.repeat(indent) + line)];
}
