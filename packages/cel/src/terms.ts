import type { DynType, RecordType, Type } from './types.ts';

/**
 * A type while it is being worked out: a `Type` with holes.
 * `variable` is a hole; `error` stands for a part that was already reported, and fits everywhere in silence.
 */
export type Term =
  | { readonly kind: 'null' | 'bool' | 'int' | 'double' | 'string' }
  | { readonly kind: 'error' }
  | DynType
  | { readonly kind: 'list'; readonly element: Term }
  | { readonly kind: 'map'; readonly key: Term; readonly value: Term }
  | { readonly kind: 'optional'; readonly value: Term }
  | { readonly kind: 'variable'; readonly id: number }
  | RecordType;

/** What the numbers in a value are. */
export type Numbers = NonNullable<DynType['numbers']>;

/** Unification for one expression. */
export interface Terms {
  /** A new hole. */
  readonly fresh: () => Term;
  /** The term with the holes at its root filled as far as known. */
  readonly shallow: (term: Term) => Term;
  /** The term with every known hole replaced: what its holes take up later changes nothing here. */
  readonly settle: (term: Term) => Term;
  /** The finished type; a hole that nothing filled is `dyn`. */
  readonly finish: (term: Term) => Type;
  /** Whether a value of `from` may stand where `to` is wanted. Fills holes; on failure it leaves none filled. */
  readonly assign: (from: Term, to: Term) => boolean;
  /** All or nothing: what `work` filled is undone when it returns false. */
  readonly attempt: (work: () => boolean) => boolean;
  /** The type of a place that may hold either. */
  readonly join: (a: Term, b: Term) => Term;
  /** What the numbers in such a value are. */
  readonly numbersIn: (term: Term) => Numbers;
}

/** Starts unification for one expression. */
export function createTerms(): Terms {
  const filled: (Term | undefined)[] = [];
  let trail: { id: number; before: Term | undefined }[] = [];

  const fill = (id: number, term: Term): void => {
    trail.push({ id, before: filled[id] });
    filled[id] = term;
  };

  const fresh = (): Term => ({ kind: 'variable', id: filled.push(undefined) - 1 });

  /** The last hole in a chain of holes that stand for each other. */
  const hole = (term: Term): Term => {
    let current = term;
    for (;;) {
      if (current.kind !== 'variable') return current;
      const next = filled[current.id];
      if (next === undefined || next.kind !== 'variable') return current;
      current = next;
    }
  };

  const shallow = (term: Term): Term => {
    const last = hole(term);
    return last.kind === 'variable' ? (filled[last.id] ?? last) : last;
  };

  const settle = (term: Term): Term => {
    const found = shallow(term);
    switch (found.kind) {
      case 'list':
        return { kind: 'list', element: settle(found.element) };
      case 'map':
        return { kind: 'map', key: settle(found.key), value: settle(found.value) };
      case 'optional':
        return { kind: 'optional', value: settle(found.value) };
      default:
        return found;
    }
  };

  const finish = (term: Term): Type => {
    const found = shallow(term);
    switch (found.kind) {
      case 'variable':
      case 'error':
        return { kind: 'dyn', numbers: 'none' };
      case 'list':
        return { kind: 'list', element: finish(found.element) };
      case 'map':
        return { kind: 'map', key: finish(found.key), value: finish(found.value) };
      case 'optional':
        return { kind: 'optional', value: finish(found.value) };
      default:
        return found;
    }
  };

  const occurs = (id: number, term: Term): boolean => {
    const found = shallow(term);
    switch (found.kind) {
      case 'variable':
        return found.id === id;
      case 'list':
        return occurs(id, found.element);
      case 'map':
        return occurs(id, found.key) || occurs(id, found.value);
      case 'optional':
        return occurs(id, found.value);
      default:
        return false;
    }
  };

  const attempt = (work: () => boolean): boolean => {
    const outer = trail;
    trail = [];
    const done = work();
    if (done) outer.push(...trail);
    else for (const { id, before } of trail.reverse()) filled[id] = before;
    trail = outer;
    return done;
  };

  const assign = (from: Term, to: Term): boolean => attempt(() => fits(from, to));

  const fits = (from: Term, to: Term): boolean => {
    const target = hole(to);
    if (target.kind === 'variable') {
      const bound = filled[target.id];
      if (bound === undefined) return fillHole(target.id, from);
      if (!assign(from, bound) && !assign(bound, from)) return false;
      const wider = join(shallow(bound), from);
      if (!occurs(target.id, wider)) fill(target.id, wider);
      return true;
    }
    const source = shallow(from);
    if (source.kind === 'variable') return fillHole(source.id, target);
    if (source.kind === 'error' || target.kind === 'error') return true;
    if (target.kind === 'dyn') return true;
    if (source.kind === 'dyn') return parts(target).every((part) => fits(source, part));
    if (source.kind === 'list' && target.kind === 'list') return fits(source.element, target.element);
    if (source.kind === 'optional' && target.kind === 'optional') return fits(source.value, target.value);
    if (source.kind === 'map' && target.kind === 'map') {
      return fits(source.key, target.key) && fits(source.value, target.value);
    }
    if (source.kind === 'record' && target.kind === 'record') return source.fields === target.fields;
    if (source.kind === 'record' && target.kind === 'map') {
      return (
        fits({ kind: 'string' }, target.key) &&
        fits({ kind: 'dyn', numbers: numbersIn(source) }, target.value)
      );
    }
    return source.kind === target.kind;
  };

  const fillHole = (id: number, term: Term): boolean => {
    const last = hole(term);
    if (last.kind === 'variable' && last.id === id) return true;
    if (occurs(id, last)) return false;
    fill(id, last);
    return true;
  };

  const numbersIn = (term: Term): Numbers => {
    const found = shallow(term);
    switch (found.kind) {
      case 'int':
      case 'double':
        return found.kind;
      case 'dyn':
        return found.numbers ?? 'double';
      case 'list':
        return numbersIn(found.element);
      case 'map':
        return mergeNumbers(numbersIn(found.key), numbersIn(found.value));
      case 'optional':
        return numbersIn(found.value);
      case 'record':
        return Object.values(found.fields)
          .map((field) => numbersIn(field.type))
          .reduce(mergeNumbers, 'none');
      default:
        return 'none';
    }
  };

  const join = (a: Term, b: Term): Term => {
    const left = shallow(a);
    const right = shallow(b);
    if (left.kind === 'error' || left.kind === 'variable') return right;
    if (right.kind === 'error' || right.kind === 'variable') return left;
    if (left.kind === 'list' && right.kind === 'list') {
      return { kind: 'list', element: join(left.element, right.element) };
    }
    if (left.kind === 'optional' && right.kind === 'optional') {
      return { kind: 'optional', value: join(left.value, right.value) };
    }
    if (left.kind === 'map' && right.kind === 'map') {
      return { kind: 'map', key: join(left.key, right.key), value: join(left.value, right.value) };
    }
    if (left.kind === 'record' && right.kind === 'record' && left.fields === right.fields) return left;
    if (left.kind === right.kind && left.kind !== 'dyn' && left.kind !== 'record') return left;
    return { kind: 'dyn', numbers: mergeNumbers(numbersIn(left), numbersIn(right)) };
  };

  return { fresh, shallow, settle, finish, assign, attempt, join, numbersIn };
}

/** What a term holds: elements, keys, values. */
function parts(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'list':
      return [term.element];
    case 'map':
      return [term.key, term.value];
    case 'optional':
      return [term.value];
    default:
      return [];
  }
}

/** What the numbers are where either may stand. */
export function mergeNumbers(a: Numbers, b: Numbers): Numbers {
  if (a === b || b === 'none') return a;
  return a === 'none' ? b : 'mixed';
}
