/**
 * Types of values that JSON has no type for. Expressions make and read them; in JSON they are text, as CEL's own mapping
 * says.
 */
export type OpaqueKind = 'timestamp' | 'duration' | 'ip' | 'cidr';

/** A static type of the JSON profile. */
export type Type =
  | { readonly kind: 'null' | 'bool' | 'int' | 'double' | 'string' | OpaqueKind }
  | DynType
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'optional'; readonly value: Type }
  | RecordType;

/**
 * A value whose type is known only at run time.
 * A number in JSON is a double; one that came from the expression itself may be an int.
 * JavaScript cannot tell them apart, so the checker keeps track: `numbers` says what its numbers are.
 */
export interface DynType {
  readonly kind: 'dyn';
  /** Default `double`. `mixed`: both, so that arithmetic needs a conversion first. `none`: it contains no number. */
  readonly numbers?: 'int' | 'double' | 'mixed' | 'none';
}

/**
 * An object of fixed shape, built by the host from declared fields only.
 * Every declared field is an own property of it; one that has no value is `undefined`.
 * So a declared path needs no own-property check, and no prototype can be reached through it.
 */
export interface RecordType {
  readonly kind: 'record';
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Reading a field may fail in any form, `has` and `.?` included. Default: not. */
  readonly unsure?: true;
}

/** One field of a record. */
export interface Field {
  readonly type: Type;
  /** The host always supplies a value, so reading it cannot fail. Nested records usually have this flag. */
  readonly always?: boolean;
  /** What a text of the host must be; another one counts as missing. Expressions do not see it. */
  readonly text?: TextForm;
}

/** One of a few texts, or JSON of a type. */
export type TextForm =
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'json'; readonly type: Type };

/** The environment of an expression: variables by name, each with its type. */
export interface Environment {
  readonly variables: Readonly<Record<string, Type>>;
  /**
   * The values of variables that are known when compiling, by name; of a record, the values of its fields. They become
   * part of the expression, and what they rule out is left out of it.
   */
  readonly constants?: Readonly<Record<string, Constant | Readonly<Record<string, Constant>>>>;
}

/** A value of a variable that is known when compiling. */
export type Constant = string | number | boolean | readonly Constant[];

/** Whether a value of a type is, or contains, one that JSON has no type for. */
export function holdsOpaque(type: Type): boolean {
  switch (type.kind) {
    case 'list':
      return holdsOpaque(type.element);
    case 'map':
      return holdsOpaque(type.key) || holdsOpaque(type.value);
    case 'optional':
      return holdsOpaque(type.value);
    case 'record':
      return Object.values(type.fields).some((field) => holdsOpaque(field.type));
    default:
      return isOpaque(type);
  }
}

/** Whether JSON has no type for values of a type. */
export function isOpaque({ kind }: Type): boolean {
  return kind === 'timestamp' || kind === 'duration' || kind === 'ip' || kind === 'cidr';
}

/** A type as CEL writes it: `list(string)`, `map(string, dyn)`, `optional_type(int)`; a record by its name. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'optional':
      return `optional_type(${formatType(type.value)})`;
    case 'record':
      return type.name;
    default:
      return type.kind;
  }
}
