import type { Answers, Decision, Program } from '@claimsmith/runtime';
import { createPolicy, type Finding, type Policy } from '../src/index.ts';
import { evaluateProgram, generateProgram } from '../src/program/index.ts';
import { readSpec } from '../src/spec/index.ts';

/** Reads and compiles a spec as text; `claims:` and the rest are given, the head is added. */
export function compileSpec(body: string): { policy: Policy | undefined; findings: readonly Finding[] } {
  const { spec, source, findings } = readSpec(
    { file: 'enrichment.yaml', text: `version: 1\nname: test\n${body}` },
    {},
  );
  if (spec === undefined) return { policy: undefined, findings };
  const created = createPolicy(spec, source);
  return { policy: created.policy, findings: [...findings, ...created.findings] };
}

export function policyOf(body: string): Policy {
  const { policy, findings } = compileSpec(body);
  if (policy === undefined)
    throw new Error(`not a policy: ${findings.map(({ message }) => message).join(' | ')}`);
  return policy;
}

/** The generated program of a spec, as its hosts run it. */
export function programOf(body: string, names?: Readonly<Record<string, string>>): Program {
  return evaluateProgram(generateProgram(policyOf(body), names ? { names } : {}));
}

export function decide(program: Program, raw: unknown, answers: Answers = {}): Decision {
  return program.decide(program.context(ofSomebody(raw)), answers);
}

export function needs(program: Program, raw: unknown, answers: Answers = {}) {
  return program.needs(program.context(ofSomebody(raw)), answers);
}

/** Every issuer says who a token is about; here a person, if the test does not say so. */
function ofSomebody(raw: unknown): unknown {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
    ? { subject_type: 'human', ...raw }
    : raw;
}
