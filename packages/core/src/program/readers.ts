import { formatType, type RecordType, type Type } from '@claimsmith/cel';
import { js, propertyKey } from './text.ts';

/** Writes the functions that take untrusted data apart by declared types. */
export interface Readers {
  /** The name of a function (value) -> value of the type, or undefined. */
  of(type: Type): string;
  /**
   * An expression that builds a record of fixed shape from `data`, an expression without side effects.
   *
   * @param part gives a record inside it a variable: its path and the expression for it, the variable's name back
   */
  record(type: RecordType, data: string, part?: (path: readonly string[], data: string) => string): string;
  /** The function declarations asked for so far. */
  text(): string;
}

export function createReaders(): Readers {
  const names = new Map<string, string>();
  const declarations: string[] = [];

  function declare(type: Type, body: string): string {
    const key = formatType(type);
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = `read_${key.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
    names.set(key, name);
    declarations.push(`function ${name}(value) {\n  return ${body};\n}`);
    return name;
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
        return declare(type, `readList(value, ${of(type.element)})`);
      case 'map':
        return declare(type, `readMap(value, ${of(type.value)})`);
      default:
        return 'readAny';
    }
  }

  function record(
    type: RecordType,
    data: string,
    part: (path: readonly string[], data: string) => string = (_, inner) => inner,
    path: readonly string[] = [],
  ): string {
    const fields = Object.entries(type.fields).map(([name, field]) => {
      const value = `fieldOf(${data}, ${js(name)})`;
      const inner = [...path, name];
      const read =
        field.type.kind === 'record'
          ? record(field.type, part(inner, value), part, inner)
          : `${of(field.type)}(${value})`;
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
