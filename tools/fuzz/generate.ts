import type { Type } from '@claimsmith/cel';
import {
  BOOL,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  STRING,
  TIMESTAMP,
  user,
} from './environment.ts';
import {
  ADDITION,
  AND,
  ANY,
  at,
  MEMBER,
  MULTIPLICATION,
  make,
  type Node,
  OR,
  PRIMARY,
  RELATION,
  text,
  UNARY,
} from './expression.ts';
import { fewTimes, leaf, listLiteral, literalKey, mapLiteral, type Scope, same } from './leaf.ts';
import type { Random } from './random.ts';
import { spellKey } from './spell.ts';

const MAX_LOOPS = 2;
const ELEMENTS = [STRING, STRING, STRING, INT, DOUBLE, BOOL, DYN, TIMESTAMP, DURATION] as const;
const RESULTS = [
  BOOL,
  BOOL,
  BOOL,
  STRING,
  STRING,
  INT,
  DOUBLE,
  DYN,
  listOf(STRING),
  listOf(INT),
  listOf(DOUBLE),
  mapOf(STRING),
  mapOf(DYN),
  TIMESTAMP,
  DURATION,
] as const;

/** A random expression; one in twelve has a place where a type does not fit. */
export function randomExpression(random: Random): { readonly node: Node; readonly wellTyped: boolean } {
  const wellTyped = !random.chance(1 / 12);
  const scope: Scope = {
    random,
    locals: [],
    depth: 1 + random.below(5),
    loops: 0,
    misfit: wellTyped ? 0 : 0.1,
    earlier: [],
  };
  return { node: expression(scope, random.pick(RESULTS)), wellTyped };
}

function expression(scope: Scope, wanted: Type): Node {
  const { random, earlier } = scope;
  if (random.chance(0.08)) {
    const [again, ...more] = earlier.filter(({ type }) => same(type, wanted));
    if (again) return random.pick([again, ...more]);
  }
  const node = fresh(scope, wanted);
  earlier.push(node);
  return node;
}

/** The type, or dyn in its place: then the check is made at run time. */
function loosely(scope: Scope, wanted: Type): Node {
  return expression(scope, scope.random.chance(0.1) ? DYN : wanted);
}

/** The scope inside a macro or a bind, which has one name more. */
function withLocal(scope: Scope, name: string, type: Type): Scope {
  return { ...scope, locals: [...scope.locals, [name, type]], earlier: [...scope.earlier] };
}

function fresh(scope: Scope, wanted: Type): Node {
  const { random } = scope;
  if (scope.misfit > 0 && random.chance(scope.misfit))
    return expression({ ...scope, misfit: 0 }, random.pick(RESULTS));
  const below = { ...scope, depth: scope.depth - 1 };
  if (scope.depth <= 0 || random.chance(0.15)) return leaf(scope, wanted);
  if (random.chance(0.25)) return anyTyped(below, wanted);
  switch (wanted.kind) {
    case 'bool':
      return boolean(below);
    case 'int':
      return integer(below);
    case 'double':
      return double(below);
    case 'string':
      return string(below);
    case 'timestamp':
      return timestamp(below);
    case 'duration':
      return duration(below);
    case 'dyn':
      return dynamic(below);
    case 'list':
      return list(below, wanted.element);
    case 'map':
      return map(below, wanted.value);
    default:
      return leaf(scope, wanted);
  }
}

/** What every type has: a condition, an element, a bound name, an optional with a default. */
function anyTyped(scope: Scope, wanted: Type): Node {
  const { random } = scope;
  const of = (type: Type): Node => expression(scope, type);
  switch (random.below(6)) {
    case 4:
      return guarded(scope, wanted);
    case 0:
      return make(
        wanted,
        1,
        ['', ' ? ', ' : ', ''],
        at(OR, loosely(scope, BOOL)),
        at(OR, of(wanted)),
        at(ANY, of(wanted)),
      );
    case 1:
      return make(
        wanted,
        MEMBER,
        ['', '[', ']'],
        at(MEMBER, of(listOf(wanted))),
        at(ANY, loosely(scope, INT)),
      );
    case 2:
      return make(
        wanted,
        MEMBER,
        ['', '[', ']'],
        at(MEMBER, of(mapOf(wanted))),
        at(ANY, loosely(scope, STRING)),
      );
    case 3: {
      const name = `v${scope.locals.length}`;
      const bound = random.pick(ELEMENTS);
      const body = expression(withLocal(scope, name, bound), wanted);
      return make(wanted, MEMBER, [`cel.bind(${name}, `, ', ', ')'], at(ANY, of(bound)), at(ANY, body));
    }
    default:
      return make(
        wanted,
        MEMBER,
        ['', '.orValue(', ')'],
        at(MEMBER, optional(scope, wanted)),
        at(ANY, of(wanted)),
      );
  }
}

/** `has(a.b) ? a.b : c`, and the same with `in`. */
function guarded(scope: Scope, wanted: Type): Node {
  const otherwise = at(ANY, expression(scope, wanted));
  if (scope.random.chance(0.7)) {
    const { node } = selection(scope, wanted);
    return make(wanted, 1, ['has(', ') ? ', ' : ', ''], at(MEMBER, node), at(OR, node), otherwise);
  }
  const key = expression(scope, STRING);
  const map = expression(scope, mapOf(wanted));
  const found = make(wanted, MEMBER, ['', '[', ']'], at(MEMBER, map), at(ANY, key));
  return make(
    wanted,
    1,
    ['', ' in ', ' ? ', ' : ', ''],
    at(ADDITION, key),
    at(ADDITION, map),
    at(OR, found),
    otherwise,
  );
}

function optional(scope: Scope, wanted: Type): Node {
  const { random } = scope;
  const of = (type: Type): Node => expression(scope, type);
  const [field, ...others] = fieldPaths(user, 'user').filter(([, type]) => same(type, wanted));
  switch (random.below(field ? 5 : 4)) {
    case 0:
      return make(wanted, MEMBER, ['', `.?${spellKey(random)}`], at(MEMBER, of(mapOf(wanted))));
    case 1:
      return make(wanted, MEMBER, ['', '[?', ']'], at(MEMBER, of(listOf(wanted))), at(ANY, of(INT)));
    case 2:
      return make(wanted, MEMBER, ['optional.of(', ')'], at(ANY, of(wanted)));
    case 3: {
      if (scope.depth <= 0) return text(wanted, MEMBER, 'optional.none()');
      const below = { ...scope, depth: scope.depth - 1 };
      return make(
        wanted,
        MEMBER,
        ['', '.or(', ')'],
        at(MEMBER, optional(below, wanted)),
        at(ANY, optional(below, wanted)),
      );
    }
    default:
      return text(
        wanted,
        MEMBER,
        (field ? random.pick([field, ...others])[0] : '').replace(/\.(\w+)$/, '.?$1'),
      );
  }
}

function boolean(scope: Scope): Node {
  const { random } = scope;
  const of = (type: Type): Node => loosely(scope, type);
  const relation = (operator: string, left: Node, right: Node): Node =>
    make(BOOL, RELATION, ['', ` ${operator} `, ''], at(RELATION, left), at(ADDITION, right));
  switch (random.below(14)) {
    case 0:
      return make(BOOL, UNARY, ['!', ''], at(MEMBER, of(BOOL)));
    case 1:
    case 2:
      return make(BOOL, AND, ['', ' && ', ''], at(AND, of(BOOL)), at(RELATION, of(BOOL)));
    case 3:
    case 4:
      return make(BOOL, OR, ['', ' || ', ''], at(OR, of(BOOL)), at(AND, of(BOOL)));
    case 5: {
      const type = random.pick([INT, DOUBLE, STRING, BOOL, TIMESTAMP, DURATION]);
      return relation(random.pick(['<', '<=', '>', '>=']), of(type), of(type));
    }
    case 6: {
      const type = random.pick([
        INT,
        DOUBLE,
        STRING,
        BOOL,
        DYN,
        NULL,
        TIMESTAMP,
        DURATION,
        listOf(STRING),
        listOf(DYN),
        mapOf(STRING),
      ]);
      return relation(random.pick(['==', '!=']), of(type), of(type));
    }
    case 7: {
      const type = random.pick(ELEMENTS);
      return relation(random.pick(['==', '!=']), of(DYN), of(type));
    }
    case 8: {
      const type = random.pick(ELEMENTS);
      return relation('in', of(type), of(listOf(type)));
    }
    case 9:
      return relation('in', of(STRING), of(mapOf(random.pick(ELEMENTS))));
    case 10:
      return make(BOOL, MEMBER, ['has(', ')'], at(MEMBER, selection(scope, BOOL).node));
    case 11: {
      const method = random.pick(['startsWith', 'endsWith', 'contains']);
      return make(BOOL, MEMBER, ['', `.${method}(`, ')'], at(MEMBER, of(STRING)), at(ANY, of(STRING)));
    }
    case 12: {
      const inner = optional(scope, random.pick(ELEMENTS));
      return make(BOOL, MEMBER, ['', '.hasValue()'], at(MEMBER, inner));
    }
    default:
      return quantifier(scope);
  }
}

function quantifier(scope: Scope): Node {
  const { random } = scope;
  if (scope.loops >= MAX_LOOPS) return leaf(scope, BOOL);
  const element = random.pick(ELEMENTS);
  const target = random.chance(0.75) ? listOf(element) : mapOf(element);
  const name = `v${scope.locals.length}`;
  const local = target.kind === 'list' ? element : STRING;
  const inner = { ...withLocal(scope, name, local), loops: scope.loops + 1 };
  const macro = random.pick(['all', 'exists', 'exists_one']);
  return make(
    BOOL,
    MEMBER,
    ['', `.${macro}(${name}, `, ')'],
    at(MEMBER, expression(scope, target)),
    at(ANY, expression(inner, BOOL)),
  );
}

function integer(scope: Scope): Node {
  const { random } = scope;
  const of = (type: Type): Node => expression(scope, type);
  switch (random.below(10)) {
    case 8:
      return make(INT, MEMBER, ['int(', ')'], at(ANY, of(TIMESTAMP)));
    case 9:
      return random.chance(0.7)
        ? make(INT, MEMBER, ['', `.${random.pick(PARTS)}()`], at(MEMBER, of(TIMESTAMP)))
        : make(INT, MEMBER, ['', `.${random.pick(DURATION_PARTS)}()`], at(MEMBER, of(DURATION)));
    case 0:
      return make(
        INT,
        ADDITION,
        ['', random.pick([' + ', ' - ']), ''],
        at(ADDITION, of(INT)),
        at(MULTIPLICATION, of(INT)),
      );
    case 1:
      return make(
        INT,
        MULTIPLICATION,
        ['', random.pick([' * ', ' / ', ' % ']), ''],
        at(MULTIPLICATION, of(INT)),
        at(UNARY, of(INT)),
      );
    case 2:
      return make(INT, UNARY, ['-', ''], at(MEMBER, of(INT)));
    case 3: {
      const type = random.pick([STRING, listOf(random.pick(ELEMENTS)), mapOf(random.pick(ELEMENTS))]);
      return random.chance(0.5)
        ? make(INT, MEMBER, ['size(', ')'], at(ANY, of(type)))
        : make(INT, MEMBER, ['', '.size()'], at(MEMBER, of(type)));
    }
    case 4:
      return make(INT, MEMBER, ['int(', ')'], at(ANY, of(random.pick([INT, DOUBLE, STRING, DYN]))));
    case 5:
      return make(
        INT,
        MEMBER,
        ['', random.pick(['.indexOf(', '.lastIndexOf(']), ')'],
        at(MEMBER, of(STRING)),
        at(ANY, of(STRING)),
      );
    default:
      return selection(scope, INT).node;
  }
}

function double(scope: Scope): Node {
  const { random } = scope;
  const of = (type: Type): Node => expression(scope, type);
  switch (random.below(5)) {
    case 0:
      return make(
        DOUBLE,
        ADDITION,
        ['', random.pick([' + ', ' - ']), ''],
        at(ADDITION, of(DOUBLE)),
        at(MULTIPLICATION, of(DOUBLE)),
      );
    case 1:
      return make(
        DOUBLE,
        MULTIPLICATION,
        ['', random.pick([' * ', ' / ']), ''],
        at(MULTIPLICATION, of(DOUBLE)),
        at(UNARY, of(DOUBLE)),
      );
    case 2:
      return make(DOUBLE, UNARY, ['-', ''], at(MEMBER, of(DOUBLE)));
    case 3:
      return make(DOUBLE, MEMBER, ['double(', ')'], at(ANY, of(random.pick([INT, DOUBLE, STRING, DYN]))));
    default:
      return selection(scope, DOUBLE).node;
  }
}

function string(scope: Scope): Node {
  const { random } = scope;
  // An int must be known as one: the numbers of JSON are doubles.
  const of = (type: Type): Node => (type.kind === 'int' ? expression(scope, type) : loosely(scope, type));
  const method = (name: string, ...args: readonly Node[]): Node =>
    make(
      STRING,
      MEMBER,
      ['', `.${name}(`, ...args.slice(1).map(() => ', '), ...(args.length ? [')'] : [])].map(
        (piece, index, all) => (args.length === 0 && index === all.length - 1 ? `${piece})` : piece),
      ),
      at(MEMBER, of(STRING)),
      ...args.map((node) => at(ANY, node)),
    );
  switch (random.below(9)) {
    case 0:
    case 1:
      return make(
        STRING,
        ADDITION,
        ['', ' + ', ''],
        at(ADDITION, of(STRING)),
        at(MULTIPLICATION, of(STRING)),
      );
    case 2:
      return make(
        STRING,
        MEMBER,
        ['string(', ')'],
        at(ANY, of(random.pick([INT, BOOL, STRING, DOUBLE, DYN, TIMESTAMP, DURATION]))),
      );
    case 3:
      return method(random.pick(['lowerAscii', 'upperAscii', 'trim']));
    case 4:
      return random.chance(0.5) ? method('substring', of(INT)) : method('substring', of(INT), of(INT));
    case 5:
      return method('charAt', of(INT));
    case 6:
      return random.chance(0.6)
        ? method('replace', of(STRING), of(STRING))
        : method('replace', of(STRING), of(STRING), fewTimes(random));
    case 7:
      return make(STRING, MEMBER, ['', '.join(', ')'], at(MEMBER, of(listOf(STRING))), at(ANY, of(STRING)));
    default:
      return selection(scope, STRING).node;
  }
}

const PARTS = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
] as const;
const DURATION_PARTS = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'] as const;

function timestamp(scope: Scope): Node {
  const { random } = scope;
  const of = (type: Type): Node => loosely(scope, type);
  switch (random.below(5)) {
    case 0:
      return make(
        TIMESTAMP,
        ADDITION,
        ['', random.pick([' + ', ' - ']), ''],
        at(ADDITION, of(TIMESTAMP)),
        at(MULTIPLICATION, of(DURATION)),
      );
    case 1:
      return make(
        TIMESTAMP,
        ADDITION,
        ['', ' + ', ''],
        at(ADDITION, of(DURATION)),
        at(MULTIPLICATION, of(TIMESTAMP)),
      );
    case 2:
      return make(
        TIMESTAMP,
        MEMBER,
        ['timestamp(', ')'],
        at(ANY, expression(scope, random.pick([STRING, STRING, TIMESTAMP, DYN]))),
      );
    default:
      return leaf(scope, TIMESTAMP);
  }
}

function duration(scope: Scope): Node {
  const { random } = scope;
  const of = (type: Type): Node => loosely(scope, type);
  switch (random.below(5)) {
    case 0:
      return make(
        DURATION,
        ADDITION,
        ['', random.pick([' + ', ' - ']), ''],
        at(ADDITION, of(DURATION)),
        at(MULTIPLICATION, of(DURATION)),
      );
    case 1:
      return make(
        DURATION,
        ADDITION,
        ['', ' - ', ''],
        at(ADDITION, of(TIMESTAMP)),
        at(MULTIPLICATION, of(TIMESTAMP)),
      );
    case 2:
      return make(
        DURATION,
        MEMBER,
        ['duration(', ')'],
        at(ANY, expression(scope, random.pick([STRING, STRING, DURATION, DYN]))),
      );
    default:
      return leaf(scope, DURATION);
  }
}

function dynamic(scope: Scope): Node {
  const { random } = scope;
  if (random.chance(0.4))
    return make(DYN, MEMBER, ['dyn(', ')'], at(ANY, expression(scope, random.pick(RESULTS))));
  return selection(scope, DYN).node;
}

/** `a.b`: a field of the record, or a member of a map of the wanted type. */
function selection(scope: Scope, wanted: Type): { readonly node: Node } {
  const { random } = scope;
  const fields = fieldPaths(user, 'user').filter(([, type]) => same(type, wanted));
  const [first, ...rest] = fields;
  if (first && random.chance(0.5)) {
    const path = random.pick([first, ...rest])[0];
    const end = path.lastIndexOf('.');
    return {
      node: make(wanted, MEMBER, ['', path.slice(end)], at(MEMBER, text(DYN, PRIMARY, path.slice(0, end)))),
    };
  }
  const target = expression(scope, random.chance(0.7) || wanted.kind !== 'dyn' ? mapOf(wanted) : DYN);
  return { node: make(wanted, MEMBER, ['', `.${spellKey(random)}`], at(MEMBER, target)) };
}

function fieldPaths(type: Type, path: string): (readonly [path: string, type: Type])[] {
  if (type.kind !== 'record') return [[path, type]];
  return Object.entries(type.fields).flatMap(([name, field]) => fieldPaths(field.type, `${path}.${name}`));
}

function list(scope: Scope, element: Type): Node {
  const { random } = scope;
  const wanted = listOf(element);
  const of = (type: Type): Node => expression(scope, type);
  const name = `v${scope.locals.length}`;
  const within = (type: Type): Scope => ({ ...withLocal(scope, name, type), loops: scope.loops + 1 });
  switch (random.below(scope.loops < MAX_LOOPS ? 7 : 3)) {
    case 0:
      return listLiteral(
        wanted,
        Array.from({ length: random.below(4) }, () => of(element)),
      );
    case 1:
      return make(
        wanted,
        ADDITION,
        ['', ' + ', ''],
        at(ADDITION, of(wanted)),
        at(MULTIPLICATION, of(wanted)),
      );
    case 2:
      if (element.kind !== 'string') return leaf(scope, wanted);
      return make(wanted, MEMBER, ['', '.split(', ')'], at(MEMBER, of(STRING)), at(ANY, of(STRING)));
    case 3:
    case 4:
      return make(
        wanted,
        MEMBER,
        ['', `.filter(${name}, `, ')'],
        at(MEMBER, of(wanted)),
        at(ANY, expression(within(element), BOOL)),
      );
    case 5: {
      const from = random.pick(ELEMENTS);
      const body = expression(within(from), element);
      return make(wanted, MEMBER, ['', `.map(${name}, `, ')'], at(MEMBER, of(listOf(from))), at(ANY, body));
    }
    default: {
      const from = random.pick(ELEMENTS);
      const condition = expression(within(from), BOOL);
      const body = expression(within(from), element);
      return make(
        wanted,
        MEMBER,
        ['', `.map(${name}, `, ', ', ')'],
        at(MEMBER, of(listOf(from))),
        at(ANY, condition),
        at(ANY, body),
      );
    }
  }
}

function map(scope: Scope, value: Type): Node {
  const { random } = scope;
  const keys = new Set(Array.from({ length: random.below(4) }, () => literalKey(random)));
  return mapLiteral(
    random,
    mapOf(value),
    [...keys].map((key) => [key, expression(scope, value)]),
  );
}
