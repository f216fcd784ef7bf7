import { posix, sep } from 'node:path';
import { formatPath } from '@claimsmith/core';
import type { CedarReading } from '../cedar/engine.ts';
import type { Statement } from '../cedar/statements.ts';
import { sameJson } from '../run/same-json.ts';
import { type Change, type Effect, shown } from './change.ts';

/**
 * What differs between the files of Cedar beside two specs, policy by policy. A policy more that forbids, and one less that
 * permits, can only take away.
 */
export function cedarChanges(
  before: CedarReading | undefined,
  after: CedarReading | undefined,
): readonly Change[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined || after === undefined)
    return [
      {
        part: 'cedar',
        kind: before === undefined ? 'added' : 'removed',
        text: before === undefined ? 'Policies of Cedar are new.' : 'The policies of Cedar are gone.',
        effect: 'unknown',
        consumers: [],
      },
    ];
  const [was, is] = [meanings(before), meanings(after)];
  return [
    ...schemaChanges(before, after),
    ...changed(was, is, 'removed', { permit: 'narrower', forbid: hasOther(is, was, 'forbid') }),
    ...changed(is, was, 'added', { permit: hasOther(was, is, 'permit'), forbid: 'narrower' }),
  ];
}

type Meanings = ReadonlyMap<string, { readonly effect: 'permit' | 'forbid'; readonly statement: Statement }>;

function meanings({ policies, meaningOf }: CedarReading): Meanings {
  return new Map(
    policies.statements().map((statement) => {
      const { effect, content } = meaningOf(statement);
      return [content, { effect, statement }];
    }),
  );
}

/** One in place of another may be stricter; without another, it is not. */
function hasOther(own: Meanings, others: Meanings, effect: 'permit' | 'forbid'): Effect {
  const isThere = [...own].some(([content, one]) => one.effect === effect && !others.has(content));
  return isThere ? 'unknown' : 'wider';
}

/** The policies that only one side has. */
function changed(
  own: Meanings,
  others: Meanings,
  kind: 'added' | 'removed',
  effects: Readonly<Record<'permit' | 'forbid', Effect>>,
): readonly Change[] {
  return [...own]
    .filter(([content]) => !others.has(content))
    .map(([, { effect, statement }]) => ({
      part: cedarPart(statement.file),
      kind,
      text: `A policy of Cedar that ${effect}s is ${kind === 'added' ? 'new' : 'gone'}: ${shown(statement.text)}.`,
      effect: effects[effect],
      consumers: [],
    }));
}

/** Cedar refuses requests that the schema does not allow, so another one may let more pass. */
function schemaChanges(before: CedarReading, after: CedarReading): readonly Change[] {
  const [[was], [is]] = [before.sources, after.sources];
  // The type `Token` comes from claims, whose changes are told.
  if (was?.text === is?.text || sameJson(before.schema?.json, after.schema?.json)) return [];
  return [
    {
      part: cedarPart(is?.file ?? ''),
      kind: 'changed',
      text: 'The schema of Cedar is another.',
      effect: 'unknown',
      consumers: [],
    },
  ];
}

/** A file as `--allow-wider` takes it: `cedar["records.cedar"]`. */
function cedarPart(file: string): string {
  return formatPath(['cedar', posix.basename(file.split(sep).join('/'))]);
}
