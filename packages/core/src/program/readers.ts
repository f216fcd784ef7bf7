import { formatType, type RecordType, type TextForm, type Type } from '@claimsmith/cel';
import { js, propertyKey } from './text.ts';

/** Writes what takes untrusted data apart by declared types. */
export interface Readers {
  /** The name of a function: (value, budget) -> the value, or undefined if it is not of the type. */
  of(type: Type): string;
  /** A call of that function, for code that has `budget`. */
  read(type: Type, data: string): string;
  /** The same for a text that is checked further. */
  readText(text: TextForm, data: string): string;
  /**
   * An object literal with a record's declared fields, read from `data`, an expression without side effects; `budget`
   * is in scope.
   */
  record(type: RecordType, data: string): string;
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
    const name = `as_${key.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
    names.set(key, name);
    declarations.push(`function ${name}(value, budget) {\n  return ${body};\n}`);
    return name;
  }

  function of(type: Type): string {
    switch (type.kind) {
      case 'string':
        return 'asString';
      case 'bool':
        return 'asBool';
      case 'int':
        return 'asInt';
      case 'double':
        return 'asDouble';
      case 'timestamp':
        return 'asTimestamp';
      case 'list':
        return declare(type, `asList(value, ${of(type.element)}, budget)`);
      case 'map':
        return declare(type, `asMap(value, ${of(type.value)}, budget)`);
      case 'record':
        return declare(type, `isMapping(value) ? ${indent(record(type, 'value')).trim()} : undefined`);
      default:
        return 'asAny';
    }
  }

  function read(type: Type, data: string): string {
    const isScalar = ['string', 'bool', 'int', 'double', 'timestamp'].includes(type.kind);
    return `${of(type)}(${data}${isScalar ? '' : ', budget'})`;
  }

  function readText(text: TextForm, data: string): string {
    return text.kind === 'enum'
      ? `asOneOf(${data}, ${js(text.values)})`
      : `asJson(${data}, ${of(text.type)}, budget)`;
  }

  function record(type: RecordType, data: string): string {
    return literal(
      Object.entries(type.fields).map(([name, field]) => {
        const value = `fieldOf(${data}, ${js(name)})`;
        if (field.text !== undefined) return [name, readText(field.text, value)];
        return [name, field.type.kind === 'record' ? record(field.type, value) : read(field.type, value)];
      }),
    );
  }

  return { of, read, readText, record, text: () => declarations.join('\n\n') };
}

/** An object literal, a member a line. */
export function literal(members: readonly (readonly [name: string, text: string])[]): string {
  if (members.length === 0) return '{}';
  return `{\n${members.map(([name, text]) => indent(`${propertyKey(name)}: ${text}`)).join(',\n')}\n}`;
}

/** Moves text in by two spaces. */
export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
