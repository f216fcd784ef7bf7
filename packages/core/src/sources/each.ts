import { formatType, type Type } from '@claimsmith/cel';
import type { Each } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import type { SourceWork } from './work.ts';

/** What a source is asked for, and the work for a question that names an element of it. */
export interface EachWork {
  readonly each: Each | undefined;
  readonly work: SourceWork;
}

/** The list for whose elements a source is asked; undefined after reporting errors. */
export function createEach(work: SourceWork, { each, maxItems }: SourceSpec): EachWork | undefined {
  const report = (message: string, help: string, key: string, rule = 'TE014') => {
    work.report({ rule, severity: 'error', message, range: work.source.key([...work.path, key]), help });
    return undefined;
  };
  if (each === undefined) {
    if (maxItems === undefined) return { each: undefined, work };
    return report(
      '`maxItems` has no effect without `each`.',
      'Remove `maxItems`, or add `each`.',
      'maxItems',
    );
  }
  const [[name, text] = ['', ''], ...more] = Object.entries(each);
  const form = 'Write one name and one list: `each: { team: user.attributes.teams }`.';
  if (name === '' || more.length > 0) return report('`each` has one name and one list.', form, 'each');
  if (work.isTaken(name)) {
    const message = `Expressions already have \`${name}\`, so an element cannot have that name.`;
    return report(message, 'Choose another name.', 'each', 'TE008');
  }
  const list = work.read([...work.path, 'each', name], text);
  if (list === undefined) return undefined;
  const element = elementOf(list.type);
  if (element === undefined) {
    const message = `\`each\` needs a list of texts, numbers, truth values or records; this is ${formatType(list.type)}.`;
    return report(message, 'Give a list of single values.', 'each');
  }
  if (maxItems === undefined) {
    const message = 'The list of `each` has no bound, and each element is one more request.';
    return report(message, 'Add `maxItems`, at most 10. A longer list counts as a failure.', 'each');
  }
  return { each: { name, list, maxItems }, work: work.withVariable(name, element) };
}

function elementOf(type: Type): Type | undefined {
  if (type.kind === 'dyn') return type;
  return type.kind === 'list' ? type.element : undefined;
}
