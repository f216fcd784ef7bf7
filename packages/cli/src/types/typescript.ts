import { type Contract, contractFingerprint } from '@claimsmith/core';
import {
  type Api,
  containerOf,
  type Fields,
  key,
  kinds,
  lookedUpOf,
  type Member,
  membersOf,
  quoted,
} from './members.ts';

/** The types of a contract for `@claimsmith/guard`. */
export function typesInTypeScript({ policy, apis }: Contract): string {
  const fingerprint = contractFingerprint({ apis });
  const all = Object.entries(apis).map(
    ([audience, api]) => `  readonly ${key(audience)}: {\n${apiText(api)}  };\n`,
  );
  return `// Written by \`claimsmith types\` for ${policy.name}. Do not edit.

/** For \`readContract\`: the contract with these types has the same one. */
export const fingerprint = ${quoted(fingerprint)};

/** What tokens of the policy say, by audience and kind of subject. */
export interface Apis {
${all.join('')}}
`;
}

function apiText(api: Api): string {
  const texts = kinds.map((kind) => {
    const parts = (['authoritative', 'descriptive'] as const).map((use) => {
      const name = use === 'authoritative' ? 'authority' : 'descriptive';
      return `      readonly ${name}: ${objectText(membersOf(api, kind, use).map(memberText), 6)};\n`;
    });
    const looked = Object.entries(lookedUpOf(api, kind)).flatMap(([name, members]) =>
      members.length === 0 ? [] : [`      readonly ${name}: ${objectText(members.map(memberText), 6)};\n`],
    );
    return `    readonly ${kind}: {\n${[...parts, ...looked].join('')}    };\n`;
  });
  const scopes = api.scopes.map(scopeText).join(' | ');
  const details = Object.entries(api.authorizationDetails).map(
    ([type, fields]) => `readonly ${key(type)}: ${fieldsText(fields, 6)}`,
  );
  return `${texts.join('')}    readonly scopes: ${scopes || 'never'};\n    readonly details: ${objectText(details, 4)};\n`;
}

function memberText({ name, type, carried }: Member): string {
  if (carried === 'never') return `readonly ${key(name)}?: undefined`;
  return carried === 'always'
    ? `readonly ${key(name)}: ${typeText(type)}`
    : `readonly ${key(name)}?: ${typeText(type)} | undefined`;
}

/** Any field of a detail may lack a value. */
function fieldsText(fields: Fields, indent: number): string {
  const members = Object.entries(fields).map(([name, type]) => {
    const text = typeof type === 'string' ? typeText(type) : fieldsText(type, indent + 2);
    return `readonly ${key(name)}?: ${text} | undefined`;
  });
  return objectText(members, indent);
}

function objectText(members: readonly string[], indent: number): string {
  if (members.length === 0) return 'Readonly<Record<never, never>>';
  const space = ' '.repeat(indent);
  return `{\n${members.map((member) => `${space}  ${member};\n`).join('')}${space}}`;
}

function typeText(type: string): string {
  const container = containerOf(type);
  if (container?.kind === 'list') return `readonly ${inParentheses(typeText(container.of))}[]`;
  if (container !== undefined) return `{ readonly [key: string]: ${typeText(container.of)} | undefined }`;
  return { string: 'string', bool: 'boolean', int: 'number', double: 'number' }[type] ?? 'unknown';
}

function inParentheses(type: string): string {
  return type.startsWith('readonly ') ? `(${type})` : type;
}

/** `account.read.{account}` is a template. */
function scopeText(scope: string): string {
  if (!scope.includes('{')) return quoted(scope);
  return `\`${scope.replace(/[\\`$]/g, '\\$&').replace(/\{[^}]*\}/g, '${string}')}\``;
}
