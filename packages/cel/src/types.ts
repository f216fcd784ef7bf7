/** A static type of the JSON profile. */
export type Type =
  | { readonly kind: 'null' | 'bool' | 'int' | 'double' | 'string' | 'dyn' }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'optional'; readonly value: Type }
  | RecordType;

/**
 * An object of fixed shape, built by the host from declared fields only.
 * Every declared field is an own property of it; one that has no value is `undefined`.
 * So a declared path needs no own-property check, and no prototype can be reached through it.
 */
export interface RecordType {
  readonly kind: 'record';
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
}

export interface Field {
  readonly type: Type;
  /** The host always supplies a value, so reading it cannot fail. Nested records are, as a rule, always there. */
  readonly always?: boolean;
}

/** What an expression may name: variables by name, each with its type. */
export interface Environment {
  readonly variables: Readonly<Record<string, Type>>;
}
