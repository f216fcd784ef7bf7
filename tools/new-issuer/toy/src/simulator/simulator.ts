import {
  type Compilation,
  type Issuance,
  noTokens,
  type Surroundings,
  type VendorEvent,
} from '@claimsmith/core';
import { evaluateProgram } from '@claimsmith/core/program';

/** Signs what the program decides. */
export async function simulate(
  compilation: Compilation,
  { event }: VendorEvent,
  { nowSeconds }: Surroundings,
): Promise<Issuance> {
  const [artifact] = compilation.artifacts;
  const program = evaluateProgram(artifact?.content ?? '');
  const context = program.context({
    subject_type: event['subject'],
    user: { roles: event['roles'] },
    request: { scopes: event['scopes'] },
    now: nowSeconds * 1000,
  });
  const decision = program.decide(context, {});
  const ran = { notes: [], requests: [], log: [], elapsedMs: 0 };
  if (decision.denied !== undefined) {
    const denied = { error: 'access_denied', description: decision.denied };
    return { ...noTokens, ...ran, denied };
  }
  const asked = Array.isArray(event['scopes']) ? event['scopes'].map(String) : [];
  const { add, remove } = decision.scopes;
  const kept = asked.filter((scope) => !remove.includes(scope));
  const audience = event['audience'];
  return {
    ...ran,
    denied: undefined,
    access: decision.access,
    // An ID token is there for who asks for it.
    id: asked.includes('openid') ? decision.id : {},
    scopes: [...kept, ...add.filter((scope) => !kept.includes(scope))],
    audiences: typeof audience === 'string' ? [audience] : [],
    lifetimeSeconds: decision.lifetimeSeconds,
  };
}
