/** The rules that reading a file can break; docs/rules.md explains them. */
export const readRules = {
  /** The file cannot be read: it is not YAML or JSON, it is too large, or it uses a refused construct. */
  unreadable: 'TE001',
  unknownKey: 'TE002',
  /** A required key is missing, or a value has the wrong type or form. */
  wrongValue: 'TE003',
  /** A name that reaches a prototype in some consumer's code. */
  unsafeName: 'TE008',
  /** YAML readers disagree about this unquoted text. */
  ambiguousScalar: 'TE011',
} as const;
