import { formatType, type Type } from '@claimsmith/cel';
import {
  BOOL,
  DOUBLE,
  DYN,
  environment,
  INT,
  NULL,
  randomDouble,
  randomInt,
  randomKey,
  randomMoment,
  randomSpan,
  randomString,
  STRING,
} from './environment.ts';
import { ANY, at, MEMBER, make, type Node, PRIMARY, text, UNARY } from './expression.ts';
import type { Random } from './random.ts';
import { spellDouble, spellInt, spellString } from './spell.ts';

/** What an expression may be made of at one place. */
export interface Scope {
  readonly random: Random;
  /** Comprehension variables and `cel.bind` names in sight. */
  readonly locals: readonly (readonly [name: string, type: Type])[];
  /** Levels of nesting left. */
  readonly depth: number;
  /** Loops around, which the language bounds. */
  readonly loops: number;
  /** How often an operand gets a type that does not fit. */
  readonly misfit: number;
  /** What was written before under the same locals: parts that come again are where a compiler saves work. */
  readonly earlier: Node[];
}

export const same = (left: Type, right: Type): boolean => formatType(left) === formatType(right);

/** A literal or a variable. */
export function leaf(scope: Scope, wanted: Type): Node {
  const variables = [...scope.locals, ...Object.entries(environment.variables)].filter(([, type]) =>
    same(type, wanted),
  );
  const [first, ...rest] = variables;
  if (first && scope.random.chance(0.6)) return text(wanted, PRIMARY, scope.random.pick([first, ...rest])[0]);
  return literal(scope, wanted);
}

function literal(scope: Scope, wanted: Type): Node {
  const { random } = scope;
  switch (wanted.kind) {
    case 'bool':
      return text(BOOL, PRIMARY, String(random.chance(0.5)));
    case 'int': {
      const value = randomInt(random);
      return text(INT, value < 0 ? UNARY : PRIMARY, spellInt(random, value));
    }
    case 'double': {
      const value = randomDouble(random);
      return text(DOUBLE, value < 0 || Object.is(value, -0) ? UNARY : PRIMARY, spellDouble(random, value));
    }
    case 'string':
      return text(STRING, PRIMARY, spellString(random, randomString(random)));
    case 'timestamp':
      // The oracles disagree about seconds as a number; so they are left to the conformance tests.
      return random.chance(0.5)
        ? text(wanted, MEMBER, 'timestamp(at)')
        : text(wanted, MEMBER, `timestamp(${spellString(random, randomMoment(random))})`);
    case 'duration':
      return random.chance(0.5)
        ? text(wanted, MEMBER, 'duration(span)')
        : text(wanted, MEMBER, `duration(${spellString(random, randomSpan(random))})`);
    case 'list': {
      const elements = Array.from({ length: random.below(4) }, () => literal(scope, wanted.element));
      return listLiteral(wanted, elements);
    }
    case 'map': {
      const keys = new Set(Array.from({ length: random.below(3) }, () => literalKey(random)));
      return mapLiteral(
        random,
        wanted,
        [...keys].map((key) => [key, literal(scope, wanted.value)]),
      );
    }
    case 'dyn': {
      const inner = literal(scope, random.pick([NULL, BOOL, INT, DOUBLE, STRING]));
      return make(DYN, MEMBER, ['dyn(', ')'], at(ANY, inner));
    }
    default:
      return text(NULL, PRIMARY, 'null');
  }
}

/** JavaScript moves index-like keys to the front, and the order of a map is not for us to compare. */
export function literalKey(random: Random): string {
  const key = randomKey(random);
  return key === '0' ? 'a' : key;
}

export function listLiteral(type: Type, elements: readonly Node[]): Node {
  const commas = elements.slice(1).map(() => ', ');
  return make(
    type,
    PRIMARY,
    elements.length ? ['[', ...commas, ']'] : ['[]'],
    ...elements.map((node) => at(ANY, node)),
  );
}

export function mapLiteral(random: Random, type: Type, entries: readonly (readonly [string, Node])[]): Node {
  if (entries.length === 0) return text(type, PRIMARY, '{}');
  const heads = entries.map(([key], index) => `${index === 0 ? '{' : ', '}${spellString(random, key)}: `);
  return make(type, PRIMARY, [...heads, '}'], ...entries.map(([, node]) => at(ANY, node)));
}

/** A small number: @bufbuild/cel counts up to it, one by one, where the text to replace is empty. */
export function fewTimes(random: Random): Node {
  const times = random.below(5) - 1;
  return text(INT, times < 0 ? UNARY : PRIMARY, String(times));
}
