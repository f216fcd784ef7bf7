import type { DynType, OpaqueKind, RecordType, Type } from './types.ts';

/**
 * A type that is still being inferred: a `Type` with holes. `variable` is a hole; `error` is a part with a reported
 * error, which fits everywhere.
 */
export type Term =
  | { readonly kind: 'null' | 'bool' | 'int' | 'double' | 'string' | OpaqueKind }
  | { readonly kind: 'error' }
  | DynType
  | { readonly kind: 'list'; readonly element: Term }
  | { readonly kind: 'map'; readonly key: Term; readonly value: Term }
  | { readonly kind: 'optional'; readonly value: Term }
  | { readonly kind: 'variable'; readonly id: number }
  | RecordType;

/** The kind of the numbers in a value. */
export type Numbers = NonNullable<DynType['numbers']>;

/** Unification for one expression. */
export class Terms {
  readonly #filled: (Term | undefined)[] = [];
  /** The holes filled since the last `attempt` began, with their earlier content. */
  #trail: { id: number; before: Term | undefined }[] = [];

  /** A new hole. */
  fresh(): Term {
    return { kind: 'variable', id: this.#filled.push(undefined) - 1 };
  }

  /** The term with the holes at its root filled as far as known. */
  shallow(term: Term): Term {
    const last = this.#hole(term);
    return last.kind === 'variable' ? (this.#filled[last.id] ?? last) : last;
  }

  /** The term with every known hole replaced, so that later changes of its holes do not affect it. */
  settle(term: Term): Term {
    const found = this.shallow(term);
    switch (found.kind) {
      case 'list':
        return { kind: 'list', element: this.settle(found.element) };
      case 'map':
        return { kind: 'map', key: this.settle(found.key), value: this.settle(found.value) };
      case 'optional':
        return { kind: 'optional', value: this.settle(found.value) };
      default:
        return found;
    }
  }

  /** The finished type; a hole that nothing filled is `dyn`. */
  finish(term: Term): Type {
    const found = this.shallow(term);
    switch (found.kind) {
      case 'variable':
      case 'error':
        return { kind: 'dyn', numbers: 'none' };
      case 'list':
        return { kind: 'list', element: this.finish(found.element) };
      case 'map':
        return { kind: 'map', key: this.finish(found.key), value: this.finish(found.value) };
      case 'optional':
        return { kind: 'optional', value: this.finish(found.value) };
      default:
        return found;
    }
  }

  /** Whether a value of type `from` may be used as `to`. Fills holes; on failure, it fills none. */
  assign(from: Term, to: Term): boolean {
    return this.attempt(() => this.#fits(from, to));
  }

  /** All or nothing: if `work` returns false, the holes that it filled become empty again. */
  attempt(work: () => boolean): boolean {
    const outer = this.#trail;
    this.#trail = [];
    const done = work();
    if (done) outer.push(...this.#trail);
    else for (const { id, before } of this.#trail.reverse()) this.#filled[id] = before;
    this.#trail = outer;
    return done;
  }

  /** The type of a place that may hold either. */
  join(a: Term, b: Term): Term {
    const left = this.shallow(a);
    const right = this.shallow(b);
    if (left.kind === 'error' || left.kind === 'variable') return right;
    if (right.kind === 'error' || right.kind === 'variable') return left;
    if (left.kind === 'list' && right.kind === 'list') {
      return { kind: 'list', element: this.join(left.element, right.element) };
    }
    if (left.kind === 'optional' && right.kind === 'optional') {
      return { kind: 'optional', value: this.join(left.value, right.value) };
    }
    if (left.kind === 'map' && right.kind === 'map') {
      return { kind: 'map', key: this.join(left.key, right.key), value: this.join(left.value, right.value) };
    }
    if (left.kind === 'record' && right.kind === 'record' && left.fields === right.fields) return left;
    if (left.kind === right.kind && left.kind !== 'dyn' && left.kind !== 'record') return left;
    return { kind: 'dyn', numbers: mergeNumbers(this.numbersIn(left), this.numbersIn(right)) };
  }

  /** The kind of the numbers in such a value. */
  numbersIn(term: Term): Numbers {
    const found = this.shallow(term);
    switch (found.kind) {
      case 'int':
      case 'double':
        return found.kind;
      case 'dyn':
        return found.numbers ?? 'double';
      case 'list':
        return this.numbersIn(found.element);
      case 'map':
        return mergeNumbers(this.numbersIn(found.key), this.numbersIn(found.value));
      case 'optional':
        return this.numbersIn(found.value);
      case 'record':
        return this.numbersInAll(Object.values(found.fields).map((field) => field.type));
      default:
        return 'none';
    }
  }

  /** The same for several values together. */
  numbersInAll(terms: readonly Term[]): Numbers {
    return terms.map((term) => this.numbersIn(term)).reduce(mergeNumbers, 'none');
  }

  /** The last hole in a chain of holes that refer to each other. */
  #hole(term: Term): Term {
    let current = term;
    for (;;) {
      if (current.kind !== 'variable') return current;
      const next = this.#filled[current.id];
      if (next === undefined || next.kind !== 'variable') return current;
      current = next;
    }
  }

  #fill(id: number, term: Term): void {
    this.#trail.push({ id, before: this.#filled[id] });
    this.#filled[id] = term;
  }

  #fillHole(id: number, term: Term): boolean {
    const last = this.#hole(term);
    if (last.kind === 'variable' && last.id === id) return true;
    if (this.#occurs(id, last)) return false;
    this.#fill(id, last);
    return true;
  }

  #occurs(id: number, term: Term): boolean {
    const found = this.shallow(term);
    return found.kind === 'variable' ? found.id === id : parts(found).some((part) => this.#occurs(id, part));
  }

  #fits(from: Term, to: Term): boolean {
    const target = this.#hole(to);
    if (target.kind === 'variable') return this.#fitsHole(from, target.id);
    const source = this.shallow(from);
    if (source.kind === 'variable') return this.#fillHole(source.id, target);
    if (source.kind === 'error' || target.kind === 'error') return true;
    if (target.kind === 'dyn') return true;
    if (source.kind === 'dyn') return parts(target).every((part) => this.#fits(source, part));
    if (source.kind === 'record' && target.kind === 'record') return source.fields === target.fields;
    if (source.kind === 'record' && target.kind === 'map') {
      return (
        this.#fits({ kind: 'string' }, target.key) &&
        this.#fits({ kind: 'dyn', numbers: this.numbersIn(source) }, target.value)
      );
    }
    if (source.kind !== target.kind) return false;
    const wanted = parts(target);
    return parts(source).every((part, index) => this.#fits(part, wanted[index] ?? part));
  }

  /** A hole that is filled already becomes as wide as both. */
  #fitsHole(from: Term, id: number): boolean {
    const bound = this.#filled[id];
    if (bound === undefined) return this.#fillHole(id, from);
    if (!this.assign(from, bound) && !this.assign(bound, from)) return false;
    const wider = this.join(this.shallow(bound), from);
    if (!this.#occurs(id, wider)) this.#fill(id, wider);
    return true;
  }
}

/** The parts of a term: elements, keys, values. */
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

/** The kind of numbers if there may be either. */
export function mergeNumbers(a: Numbers, b: Numbers): Numbers {
  if (a === b || b === 'none') return a;
  return a === 'none' ? b : 'mixed';
}
