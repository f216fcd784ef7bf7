import type { Contract } from '@claimsmith/core';
import { type Api, containerOf, type Fields, key, kinds, type Member, membersOf } from './members.ts';

/** The claims of a contract as zod schemas, for services that verify tokens in another way. */
export function typesInZod({ policy, apis }: Contract): string {
  const all = Object.entries(apis).map(([audience, api]) => `  ${key(audience)}: {\n${apiText(api)}  },\n`);
  return `// Written by \`claimsmith types\` for ${policy.name}. Do not edit.
// These schemas read claims by their names in the spec. They do not verify a token.
import { z } from 'zod';

/** What tokens of the policy say, by audience and kind of subject. */
export const apis = {
${all.join('')}} as const;
`;
}

function apiText(api: Api): string {
  const texts = kinds.map((kind) => {
    const parts = (['authoritative', 'descriptive'] as const).map((use) => {
      const name = use === 'authoritative' ? 'authority' : 'descriptive';
      return `      ${name}: ${objectText(membersOf(api, kind, use).flatMap(memberText), 6)},\n`;
    });
    return `    ${kind}: z.object({\n${parts.join('')}    }),\n`;
  });
  const details = Object.entries(api.authorizationDetails).map(
    ([type, fields]) => `      ${key(type)}: ${fieldsText(fields, 6)},\n`,
  );
  return `${texts.join('')}    details: {\n${details.join('')}    },\n`;
}

function memberText({ name, type, carried, maxItems }: Member): readonly string[] {
  if (carried === 'never') return [];
  const bound = maxItems !== undefined && type.startsWith('list(') ? `.max(${maxItems})` : '';
  return [`${key(name)}: ${typeText(type)}${bound}${carried === 'always' ? '' : '.optional()'}`];
}

function fieldsText(fields: Fields, indent: number): string {
  const members = Object.entries(fields).map(([name, type]) => {
    const text = typeof type === 'string' ? typeText(type) : fieldsText(type, indent + 2);
    return `${key(name)}: ${text}.optional()`;
  });
  return objectText(members, indent);
}

function objectText(members: readonly string[], indent: number): string {
  if (members.length === 0) return 'z.object({})';
  const space = ' '.repeat(indent);
  return `z.object({\n${members.map((member) => `${space}  ${member},\n`).join('')}${space}})`;
}

function typeText(type: string): string {
  const container = containerOf(type);
  if (container?.kind === 'list') return `z.array(${typeText(container.of)})`;
  if (container !== undefined) return `z.record(z.string(), ${typeText(container.of)})`;
  return (
    { string: 'z.string()', bool: 'z.boolean()', int: 'z.int()', double: 'z.number()' }[type] ?? 'z.unknown()'
  );
}
