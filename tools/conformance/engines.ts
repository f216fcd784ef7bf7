import { type Contract, cedarToken, contractOf, type Policy } from '@claimsmith/core';
import { Ajv } from 'ajv';
import { cedarReading } from '../../packages/cli/src/cedar/engine.ts';
import { loadCedar } from '../../packages/cli/src/cedar/load.ts';
import { opaSchema } from '../../packages/cli/src/engine/opa.ts';
import type { Mismatch } from '../../packages/cli/src/run/compare.ts';
import { decisionsOf } from '../../packages/cli/src/run/decisions.ts';
import type { Preview } from '../../packages/cli/src/run/issue.ts';
import type { Stage, Trial } from '../../packages/cli/src/run/trial.ts';

const cedar = await loadCedar();
const service = {
  schema: {
    file: 'service.cedarschema',
    text: 'entity User; entity Thing; action Use appliesTo { principal: User, resource: Thing, context: { token: Token } };',
  },
  policies: [{ file: 'service.cedar', text: 'permit (principal, action, resource);' }],
};
const start = { line: 1, column: 1, offset: 0 };
const decision = {
  action: 'Use',
  resource: 'Thing::"a"',
  allow: true,
  range: { file: 'random.yaml', start, end: start },
};

/** Finds tokens that the schemas for Cedar and OPA do not take, although they are as the policy decides. */
export function engineCheck(
  policy: Policy,
  stages: readonly Stage[],
): (stage: Stage, trial: Trial, issued: Preview) => readonly Mismatch[] {
  const policyAt = (id: string) => stages.find(({ issuer }) => issuer.id === id)?.policy;
  const contract = contractOf(
    policy,
    stages.map(({ issuer }) => issuer),
    policyAt,
  );
  const isInput = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(opaSchema(contract)));
  const { engine, findings } = cedarReading(cedar, service, carriedPart(contract), {});
  if (engine === undefined) throw new Error(JSON.stringify(findings));
  return (stage, { context }, { issuance, declared, verdict }) => {
    if (issuance.denied !== undefined || declared.length > 0 || verdict?.left === true) return [];
    const decided = decisionsOf(engine, stage, { decisions: [decision] }, context, issuance);
    const input = { token: issuance.access };
    return [
      ...decided.flatMap(({ allow, problem }) =>
        allow && problem === undefined ? [] : [{ at: 'cedar', expected: 'allow', actual: problem }],
      ),
      ...(isInput(input) ? [] : [{ at: 'opa', expected: 'valid', actual: isInput.errors }]),
    ];
  };
}

/** Without the claims that `check` refuses where Cedar decides. */
function carriedPart(contract: Contract): Contract {
  const refused = cedarToken(contract).uncarried.map(({ claim }) => claim);
  const apis = Object.entries(contract.apis).map(([audience, api]) => [
    audience,
    {
      ...api,
      claims: Object.fromEntries(Object.entries(api.claims).filter(([name]) => !refused.includes(name))),
    },
  ]);
  return { ...contract, apis: Object.fromEntries(apis) };
}
