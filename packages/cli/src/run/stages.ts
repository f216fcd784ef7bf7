import { type Finding, isError, oncePer, type Policy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import type { Loaded } from '../spec/load.ts';
import type { Stage } from './trial.ts';

/** A spec compiled for each of its issuers; without stages if a finding is an error. */
export async function stagesOf(
  loaded: Loaded,
): Promise<{ readonly stages: readonly Stage[]; readonly findings: readonly Finding[] }> {
  const { policyAt, issuers } = loaded;
  const findings = [...loaded.findings];
  if (findings.some(isError)) return { stages: [], findings };
  const programOf = oncePer((policy: Policy) => evaluateProgram(generateProgram(policy)));
  const stages: Stage[] = [];
  for (const issuer of issuers) {
    const policy = policyAt(issuer.id);
    if (policy === undefined) continue;
    const program = programOf(policy);
    const compilation = await issuer.compile(policy);
    findings.push(...compilation.findings.filter(isError));
    const known = [...loaded.findings, ...compilation.findings];
    stages.push({ issuer, policy, compilation, names: issuer.names(policy), program, findings: known });
  }
  return { stages: findings.some(isError) ? [] : stages, findings };
}
