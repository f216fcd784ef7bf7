import { type DeclaredAttribute, isPlaced, type Spec, type TypeText } from './spec/schema.ts';

/** The declared types of user attributes, by name. */
export function attributeTypes({ user }: Pick<Spec, 'user'>): Readonly<Record<string, TypeText>> {
  return mapped(user?.attributes ?? {}, (attribute) => (isPlaced(attribute) ? attribute.type : attribute));
}

/**
 * Where an issuer keeps user attributes, in its own words, by their names in the spec; without those whose place the
 * spec does not say.
 */
export function attributePlaces(
  { user }: Pick<Spec, 'user'>,
  issuer: string,
): Readonly<Record<string, string>> {
  return mapped(user?.attributes ?? {}, (attribute) =>
    isPlaced(attribute) ? attribute.in[issuer] : undefined,
  );
}

function mapped<T>(
  attributes: Readonly<Record<string, DeclaredAttribute>>,
  read: (attribute: DeclaredAttribute) => T | undefined,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, attribute]) => {
      const value = read(attribute);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
