import type { SchemaJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { suggest } from '@claimsmith/cel';
import type { ScenarioDecision } from '@claimsmith/core/spec';
import type { CedarSchema } from './schema.ts';

/** A decision of a scenario, as Cedar is asked for it. */
export interface Question {
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly principalType: string;
  /** The type of the principal's groups; undefined: it has none. */
  readonly groupType: string | undefined;
}

interface Unread {
  readonly problem: string;
  readonly help?: string;
}

/** The names of a schema. */
export interface Vocabulary {
  /** An entity by its text, `Record::"r1"`, in the namespace of the schema. */
  entity(text: string): TypeAndId;
  read(decision: ScenarioDecision): Question | Unread;
}

type EntityTypes = SchemaJson<string>[string]['entityTypes'];
type Action = SchemaJson<string>[string]['actions'][string];

export function vocabularyOf({ json, namespace }: CedarSchema): Vocabulary {
  const within = (space: string, name: string) => (space === '' ? name : `${space}::${name}`);
  const types: EntityTypes = {};
  const actions = new Map<string, { readonly uid: TypeAndId; readonly action: Action }>();
  for (const [space, own] of Object.entries(json)) {
    for (const [name, type] of Object.entries(own.entityTypes)) types[within(space, name)] = type;
    for (const [id, action] of Object.entries(own.actions)) {
      const uid = { type: within(space, 'Action'), id };
      actions.set(`${uid.type}::${JSON.stringify(id)}`, { uid, action });
    }
  }
  const full = (type: string) => {
    const inside = within(namespace ?? '', type);
    return Object.hasOwn(types, inside) || !Object.hasOwn(types, type) ? inside : type;
  };
  const entity = (text: string): TypeAndId => {
    const [, type = '', quoted, plain = ''] = /^(.*?)::(?:"(.*)"|([^":]+))$/s.exec(text) ?? [];
    return { type: full(type), id: quoted === undefined ? plain : textOf(quoted) };
  };
  const actionNamed = (name: string) =>
    actions.get(name) ?? [...actions.values()].find(({ uid }) => uid.id === name);
  return {
    entity,
    read({ action: name, resource: said, principal }) {
      const found = actionNamed(name);
      if (found === undefined)
        return unknown(
          'action',
          name,
          [...actions.values()].map(({ uid }) => uid.id),
        );
      const { principalTypes = [], resourceTypes = [] } = found.action.appliesTo ?? {};
      if (resourceTypes.length === 0)
        return {
          problem: `The action \`${name}\` applies to nothing: it is there to group others.`,
          help: 'Name an action that has `appliesTo`.',
        };
      const resource = entity(said);
      if (!resourceTypes.includes(resource.type))
        return notFor(`\`${name}\` is not for resources of type`, resource.type, resourceTypes);
      const principalType = principal === undefined ? principalTypes[0] : full(principal);
      if (principalType === undefined || (principal === undefined && principalTypes.length > 1))
        return {
          problem: `\`${name}\` is for several types of principals.`,
          help: `Name one: \`principal: ${principalTypes.join('` or `principal: ')}\`.`,
        };
      if (!principalTypes.includes(principalType))
        return notFor(`\`${name}\` is not for principals of type`, principalType, principalTypes);
      const type = types[principalType];
      const needed = neededBy(type);
      if (needed !== undefined)
        return {
          problem: `Principals of type \`${principalType}\` need \`${needed}\`, but an access token gives a principal no attributes.`,
          help: `Read it from \`context.token\`, or write \`${needed}?\` in the schema.`,
        };
      const groupType = type !== undefined && 'memberOfTypes' in type ? type.memberOfTypes?.[0] : undefined;
      return { action: found.uid, resource, principalType, groupType };
    },
  };
}

/** An attribute that every entity of a type has. */
function neededBy(type: EntityTypes[string] | undefined): string | undefined {
  if (type === undefined || !('shape' in type) || type.shape === undefined || !('attributes' in type.shape))
    return undefined;
  return Object.entries(type.shape.attributes).find(([, { required = true }]) => required)?.[0];
}

function unknown(what: string, name: string, names: readonly string[]): Unread {
  const near = suggest(name, names);
  const help =
    near === undefined
      ? `It has ${names.map((one) => `\`${one}\``).join(', ')}.`
      : `Did you mean \`${near}\`?`;
  return { problem: `The Cedar schema has no ${what} \`${name}\`.`, help };
}

function notFor(what: string, type: string, types: readonly string[]): Unread {
  const near = suggest(type, types);
  const help =
    near === undefined
      ? `It is for ${types.map((one) => `\`${one}\``).join(', ')}.`
      : `Did you mean \`${near}\`?`;
  return { problem: `${what} \`${type}\`.`, help };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** The text between the quotes of an id, with the escapes that Cedar has. */
function textOf(quoted: string): string {
  return quoted.replace(
    /\\(?:u\{([0-9a-f]{1,6})\}|x([0-7][0-9a-f])|(.))/gis,
    (written, point?: string, byte?: string, letter?: string) => {
      if (letter !== undefined) return escapes[letter] ?? letter;
      const code = Number.parseInt(point ?? byte ?? '', 16);
      return code > 0x10_ff_ff ? written : String.fromCodePoint(code);
    },
  );
}
