import { auth0 } from '@claimsmith/auth0';
import { cognito } from '@claimsmith/cognito';
import {
  checkIssuers,
  contractOf,
  createPolicy,
  isError,
  issuerLookups,
  type Policy,
  withLookups,
} from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import { readContract } from '@claimsmith/guard';
import { lookupsFiles } from '@claimsmith/host-js';
import { keycloak } from '@claimsmith/keycloak';
import { okta } from '@claimsmith/okta';

const issuers = [auth0, cognito, keycloak, okta];

/** The policy of a spec at each issuer, and what `claimsmith build` writes for services. */
export async function built(text: string) {
  const settings = Object.fromEntries(issuers.map((issuer) => [issuer.id, issuer.settings]));
  const { spec, source, findings } = readSpec({ file: 'enrichment.yaml', text }, settings);
  const created = spec && createPolicy(spec, source);
  const policy = created?.policy;
  const wanted = issuers.filter(({ id }) => Object.hasOwn(spec?.issuers ?? {}, id));
  const found = [...findings, ...(created ? [...created.findings, ...checkIssuers(created, wanted)] : [])];
  if (policy === undefined || created === undefined || found.some(isError))
    throw new Error(
      found
        .filter(isError)
        .map(({ message, help }) => `${message} ${help}`)
        .join(' | '),
    );
  const policyAt = (id: string): Policy | undefined => created.at(id).policy;
  const lookups = new Map(
    wanted.map((issuer) => [issuer.id, issuerLookups(policyAt(issuer.id) ?? policy, issuer)]),
  );
  const [file] = lookupsFiles(policy, lookups);
  const url = `data:text/javascript,${encodeURIComponent(file?.content ?? 'export const policy = undefined;')}`;
  const { policy: artifact }: { readonly policy: unknown } = await import(/* @vite-ignore */ url);
  const contractData: unknown = JSON.parse(JSON.stringify(contractOf(policy, wanted, policyAt)));
  return {
    policy,
    policyAt,
    contract: readContract(contractData),
    contractData,
    artifact,
    file: file?.content,
  };
}

/**
 * The claims that the policy itself decides on in a situation, as if tokens carried all of them: one program, with the
 * whole identity context and all sources.
 */
export function ownValues(
  policy: Policy,
  context: Readonly<Record<string, unknown>>,
  said: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const whole = withLookups(policy);
  const claims = whole.claims.map((claim) => ({ ...claim, tokens: ['access'] as const }));
  const program = evaluateProgram(generateProgram({ ...whole, claims }));
  const read = program.context(context);
  const answers = Object.fromEntries(
    Object.entries(said).map(([name, value]) => [name, { value, ageSeconds: 0 }]),
  );
  const { denied, access } = program.decide(read, answers);
  if (denied !== undefined) throw new Error(denied);
  return access;
}
