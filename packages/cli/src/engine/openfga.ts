import { type Contract, namesInTokens } from '@claimsmith/core';
import { containerOf } from '../types/members.ts';

/** A claim under a name that OpenFGA takes. */
interface Named {
  readonly claim: string;
  readonly name: string;
  readonly type: string;
}

/** A condition: the claim comes with the request, the other parameter is stored with the tuple. */
interface Condition {
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
}

/**
 * A model of OpenFGA with a condition for each claim, and a type for each list of texts, whose values become contextual
 * tuples. Claims have their names in the spec.
 *
 * @see https://openfga.dev/docs/modeling/conditions
 * @see https://openfga.dev/docs/modeling/token-claims-contextual-tuples
 */
export function openFgaModel(contract: Contract): string {
  const claims = namedClaims(contract);
  const conditions = claims.flatMap((claim) => conditionOf(claim) ?? []);
  const without = claims.filter((claim) => conditionOf(claim) === undefined);
  const lists = claims.filter(({ type }) => type === 'list(string)');
  const users = conditions.map(({ name }) => `user:* with ${name}`);
  return [
    `# Written by \`claimsmith engine\` for ${contract.policy.name}. Add your own types.`,
    ...without.map(({ claim, type }) => `# There is no condition for ${claim}: its type is ${type}.`),
    ...claims.flatMap(({ claim, name }) => (name === claim ? [] : [`# The claim ${claim} is ${name} here.`])),
    'model',
    '  schema 1.1',
    '',
    'type user',
    '',
    '# Met by every user whose token fits what is stored with the tuple. The claims come as the context of the request.',
    'type requirement',
    '  relations',
    `    define met: [${users.length === 0 ? 'user:*' : users.join(', ')}]`,
    ...lists.flatMap(({ claim, name }) => [
      '',
      `# Send a contextual tuple for each value of ${claim}: user:<sub> is holder of ${name}:<value>.`,
      `type ${name}`,
      '  relations',
      '    define holder: [user]',
    ]),
    ...conditions.flatMap(({ name, parameters, body }) => [
      '',
      `condition ${name}(${parameters}) {`,
      `  ${body}`,
      '}',
    ]),
    '',
  ].join('\n');
}

const taken = [
  'user',
  'requirement',
  'value',
  'key',
  'least',
  'model',
  'type',
  'schema',
  'relations',
  'define',
];
/** Words of CEL and of OpenFGA's language, which cannot be names. */
const words =
  'in|true|false|null|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while|and|or|but|not|from|with|self|this|condition|extend|module|int|uint|double|bool|string|list|map|any|duration|timestamp|ipaddress|dyn|type'.split(
    '|',
  );

function namedClaims(contract: Contract): readonly Named[] {
  const used = new Set([...taken, ...words]);
  return [...namesInTokens(contract).keys()].map((claim) => {
    const last = claim.split(/[/:#]/).findLast((part) => part !== '') ?? claim;
    const plain = last
      .replace(/\W/g, '_')
      .replace(/^(?![A-Za-z])/, 'claim_')
      .slice(0, 30);
    let name = plain;
    for (let count = 2; used.has(name); count++) name = `${plain}_${count}`;
    used.add(name);
    const type = Object.values(contract.apis).flatMap(({ claims }) => claims[claim]?.type ?? [])[0] ?? 'dyn';
    return { claim, name, type };
  });
}

function conditionOf({ name, type }: Named): Condition | undefined {
  if (type === 'string' || type === 'bool')
    return {
      name: `${name}_is`,
      parameters: `${name}: ${type}, value: ${type}`,
      body: `${name} == value`,
    };
  if (type === 'int' || type === 'double')
    return {
      name: `${name}_at_least`,
      parameters: `${name}: ${type}, least: ${type}`,
      body: `${name} >= least`,
    };
  const container = containerOf(type);
  if (container === undefined || !['string', 'bool', 'int', 'double'].includes(container.of))
    return undefined;
  return container.kind === 'list'
    ? {
        name: `${name}_has`,
        parameters: `${name}: list<${container.of}>, value: ${container.of}`,
        body: `value in ${name}`,
      }
    : {
        name: `${name}_has`,
        parameters: `${name}: map<${container.of}>, key: string`,
        body: `key in ${name}`,
      };
}
