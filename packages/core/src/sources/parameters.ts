import { type Expression, formatType, type Type } from '@claimsmith/cel';
import type { Path } from '../finding.ts';
import type { SourceWork } from './work.ts';

/** Compiles the parameters of a question, each of one of the `kinds`; undefined after reporting errors. */
export function createParameters(
  work: SourceWork,
  path: Path,
  texts: Readonly<Record<string, string>>,
  kinds: readonly Type['kind'][],
): Readonly<Record<string, Expression>> | undefined {
  const entries = Object.entries(texts).map(([name, text]) => {
    const at = [...path, name];
    const expression = work.read(at, text);
    if (expression === undefined || kinds.includes(expression.type.kind)) return [name, expression] as const;
    work.report({
      rule: 'TE014',
      severity: 'error',
      message: `A parameter must be a ${kinds.join(', ').replace(/, (?=\w+$)/, ' or ')}, found ${formatType(expression.type)}.`,
      range: work.source.value(at),
    });
    return [name, undefined] as const;
  });
  const whole = entries.flatMap(([name, expression]) => (expression ? [[name, expression] as const] : []));
  return whole.length === entries.length ? Object.fromEntries(whole) : undefined;
}
