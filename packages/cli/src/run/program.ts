import { evaluateProgram } from '@claimsmith/core/program';
import type { Program } from '@claimsmith/runtime';

/** Brings a generated program to life in this process. */
export function loadProgram(text: string): Program {
  const program = evaluateProgram(text);
  if (!isProgram(program)) throw new Error('the generated program lacks a part');
  return program;
}

function isProgram(value: unknown): value is Program {
  if (typeof value !== 'object' || value === null) return false;
  return ['context', 'needs', 'decide'].every((name) => typeof Reflect.get(value, name) === 'function');
}
