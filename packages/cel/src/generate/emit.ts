import type { Expr } from '../ast.ts';
import type { Type } from '../types.ts';
import { emitAccess } from './emit-access.ts';
import { emitBind } from './emit-bind.ts';
import { emitCall } from './emit-call.ts';
import { emitList, emitMap, literal } from './emit-literal.ts';
import { emitMacro } from './emit-macro.ts';
import { Emitter, type FunctionSpec, type Scope } from './emitter.ts';
import { ascii, atom, binary, conditional, type Js, LEVEL, property } from './js.ts';
import { type Block, blockIn, type Module, nest } from './writer.ts';

/** Writes the function of one expression. */
export function emitFunction(spec: FunctionSpec, module: Module): string {
  const { root, type, source } = spec.expression;
  const emitter = new Emitter(spec, module, emitNode);
  const body = blockIn();
  const result = emitter.emit(root, body, undefined);
  body.lines.push(`return ${returned(emitter, result, type, body).code};`);
  const out = blockIn();
  out.lines.push(...commentLines(spec.comment ?? source));
  nest(out, `function ${spec.name}(${spec.parameters.join(', ')})`, body);
  return out.lines.join('\n');
}

/** The result as JSON can carry it. */
function returned(emitter: Emitter, result: Js, type: Type, body: Block): Js {
  if (!emitter.isUnplain || isScalar(type)) return result;
  if (type.kind === 'timestamp' || type.kind === 'duration')
    return emitter.call(`${type.kind}Text`, [result], 0);
  if (type.kind === 'ip' || type.kind === 'cidr') return property(result, 'value');
  const plain = emitter.call(emitter.hasOpaques ? 'plainAny' : 'plain', [result], 0);
  if (type.kind !== 'optional') return plain;
  const isNone = binary('===', emitter.named(result, 'result', body), atom('undefined'));
  return conditional(isNone, atom('undefined'), plain);
}

function emitNode(emitter: Emitter, expr: Expr, block: Block, scope: Scope | undefined): Js {
  switch (expr.kind) {
    case 'literal':
      return literal(expr.value);
    case 'ident':
      return lookUp(emitter, expr.name, scope);
    case 'select':
    case 'index':
      return emitAccess(emitter, expr, block, scope);
    case 'list':
      return emitList(emitter, expr, block, scope);
    case 'map':
      return emitMap(emitter, expr, block, scope);
    case 'macro':
      return emitMacro(emitter, expr, block, scope);
    case 'bind':
      return emitBind(emitter, expr, block, scope);
    case 'call':
      return emitCall(emitter, expr, block, scope);
  }
}

function lookUp({ spec }: Emitter, name: string, scope: Scope | undefined): Js {
  for (let inner = scope; inner !== undefined; inner = inner.outer) if (inner.name === name) return inner.js;
  const code = Object.hasOwn(spec.bind, name) ? spec.bind[name] : undefined;
  if (code === undefined) throw new Error(`${spec.name}: no JavaScript is bound to ${name}`);
  return { code, level: LEVEL.member };
}

function isScalar({ kind }: Type): boolean {
  return kind === 'bool' || kind === 'int' || kind === 'double' || kind === 'string' || kind === 'null';
}

function commentLines(text: string): string[] {
  return text
    .split(/[\n\r\u2028\u2029]+/)
    .map((line) => ascii(`// ${line.replace(/\t/g, ' ').trim()}`).trimEnd());
}
