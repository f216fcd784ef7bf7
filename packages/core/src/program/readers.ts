import { formatType, type RecordType, type Type } from '@claimsmith/cel';
import { js, propertyKey } from './text.ts';

/** Writes the functions that take untrusted data apart by declared types. */
export interface Readers {
  /** The name of a function (object, name) -> value of the property, or undefined where it is not of the type. */
  of(type: Type): string;
  /** An expression that builds a record of fixed shape from `data`, an expression without side effects. */
  record(type: RecordType, data: string, options?: RecordOptions): string;
  /** The function declarations asked for so far. */
  text(): string;
}

export interface RecordOptions {
  /** Gives a record inside it a variable: its path and the expression for it, the variable's name back. */
  readonly part?: (path: readonly string[], data: string) => string;
  /** Dotted paths of lists that are empty where nothing is said, and the reader of each where not its type's. */
  readonly asked?: ReadonlyMap<string, string | undefined>;
}

export function createReaders(): Readers {
  const names = new Map<string, string>();
  const declarations: string[] = [];

  function declare(type: Type, body: string, before = ''): string {
    const key = formatType(type);
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = `read_${key.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
    names.set(key, name);
    declarations.push(`function ${name}(object, name) {\n${before}  return ${body};\n}`);
    return name;
  }

  /** For a record inside a list: undefined where there is something else than an object. */
  function declareRecord(type: RecordType): string {
    const read = indent(record(type, 'value')).trim();
    return declare(type, read, '  var value = readObject(object, name);\n  if (!value) return undefined;\n');
  }

  function of(type: Type): string {
    switch (type.kind) {
      case 'string':
        return 'readString';
      case 'bool':
        return 'readBool';
      case 'int':
        return 'readInt';
      case 'double':
        return 'readDouble';
      case 'list':
        return declare(type, `readList(object, name, ${of(type.element)})`);
      case 'map':
        return declare(type, `readMap(object, name, ${of(type.value)})`);
      case 'record':
        return declareRecord(type);
      default:
        return 'readAny';
    }
  }

  function record(
    type: RecordType,
    data: string,
    options: RecordOptions = {},
    path: readonly string[] = [],
  ): string {
    const { part = (_, inner) => inner, asked } = options;
    const fields = Object.entries(type.fields).map(([name, field]) => {
      const inner = [...path, name];
      const key = js(name);
      if (field.type.kind === 'record') {
        const read = record(field.type, part(inner, `fieldOf(${data}, ${key})`), options, inner);
        return `${propertyKey(name)}: ${read}`;
      }
      const dotted = inner.join('.');
      const reader = asked?.get(dotted) ?? of(field.type);
      const read = asked?.has(dotted)
        ? `readAsked(${data}, ${key}, ${reader})`
        : `${reader}(${data}, ${key})`;
      return `${propertyKey(name)}: ${read}`;
    });
    return fields.length === 0 ? '{}' : `{\n${fields.map(indent).join(',\n')}\n}`;
  }

  return { of, record, text: () => declarations.join('\n\n') };
}

/** Moves text in by two spaces. */
export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
