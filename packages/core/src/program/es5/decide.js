/** @type {(context: Context, sources: Sources, claims: Claims, answers: unknown) => Run} */
function startRun(context, sources, claims, answers) {
  return {
    context: context,
    sources: sources,
    claims: claims,
    answers: answers,
    denied: undefined,
    access: {},
    id: {},
    add: [],
    remove: [],
    outcomes: []
  };
}

/**
 * A denied token stays denied and has no content.
 * @type {(run: Run, lifetimeSeconds: number | undefined) => Decision}
 */
function decisionOf(run, lifetimeSeconds) {
  if (!affords(run.context.budget, 0)) {
    run.denied = undefined;
    deny(run, 'deny', 'budget', 'steps');
  }
  var denied = run.denied;
  return {
    denied: denied,
    access: denied ? {} : run.access,
    id: denied ? {} : run.id,
    scopes: denied ? { add: [], remove: [] } : { add: run.add, remove: run.remove },
    lifetimeSeconds: lifetimeSeconds,
    outcomes: run.outcomes
  };
}

/**
 * Denies for a reason of the policy, or because something is unknown. The first reason counts.
 * @type {(run: Run, kind: Outcome['kind'], name: string, cause: string | undefined, reason?: string) => void}
 */
function deny(run, kind, name, cause, reason) {
  run.denied = run.denied || reason || 'enrichment_unavailable';
  note(run, kind, name, 'denied', cause);
}

/** @type {(run: Run, kind: Outcome['kind'], name: string, outcome: Outcome['outcome'], cause?: string) => void} */
function note(run, kind, name, outcome, cause) {
  run.outcomes.push({ kind: kind, name: name, outcome: outcome, cause: cause });
}

/**
 * Emits a claim if it is for this token. If that fails, the issuance is denied, unless `instead` puts something in its
 * place: it returns the outcome.
 * @type {(run: Run, name: string, isFor: boolean, when: Condition | undefined, emit: () => void, instead?: () => Outcome['outcome']) => void}
 */
function claim(run, name, isFor, when, emit, instead) {
  try {
    isFor = isFor && (!when || holds(run, when));
    if (isFor) emit();
    note(run, 'claim', name, isFor ? 'emitted' : 'skipped');
  } catch (error) {
    if (instead) note(run, 'claim', name, instead(), causeOf(error));
    else deny(run, 'claim', name, causeOf(error));
  }
}

/** @type {() => 'omitted'} */
function omitted() {
  return 'omitted';
}

/** @type {(error: unknown) => string} */
function causeOf(error) {
  return error instanceof CelError ? error.code : 'internal';
}

/**
 * Whether a condition is true.
 * @type {(run: Run, condition: Condition, bound?: unknown) => boolean}
 */
function holds(run, condition, bound) {
  return truth(condition(run.context, run.sources, run.claims, bound));
}

/**
 * Whether a condition has the expected value. A condition that fails does not.
 * @type {(condition: Condition, expected: boolean, context: Context, sources: Sources, claims: Claims) => boolean}
 */
function surely(condition, expected, context, sources, claims) {
  try {
    return condition(context, sources, claims) === expected;
  } catch (_error) {
    return false;
  }
}

/**
 * Whether a deny rule ends the issuance: it is true, or fails.
 * @type {(run: Run, reason: string, when: Condition) => boolean}
 */
function denies(run, reason, when) {
  try {
    if (!holds(run, when)) return false;
    deny(run, 'deny', reason, undefined, reason);
  } catch (error) {
    deny(run, 'deny', reason, causeOf(error));
  }
  return true;
}

/**
 * Whether a challenge ends the issuance: it is due, or fails. An issuer that cannot ask denies.
 * @type {(run: Run, reason: string, when: Condition, challenge: Challenge) => boolean}
 */
function challenges(run, reason, when, challenge) {
  if (!denies(run, reason, when)) return false;
  // A condition that fails does not tell what to ask for.
  if (run.outcomes[run.outcomes.length - 1].cause === undefined) run.challenge = challenge;
  return true;
}

/**
 * A decision with what may be asked for. Without steps left, nothing is known.
 * @type {(run: Run, decision: Decision) => Decision}
 */
function withChallenge(run, decision) {
  if (run.context.budget.left >= 0) decision.challenge = run.challenge;
  return decision;
}

/**
 * A decision with the claims of the userinfo answer.
 * @type {(run: Run, decision: Decision) => Decision}
 */
function withUserinfo(run, decision) {
  decision.userinfo = (decision.denied === undefined && run.userinfo) || {};
  return decision;
}

/**
 * Whether the token stays as the issuer made it, because the policy is not for it. It is denied if that is unknown.
 * @type {(run: Run, isMeant: Condition) => boolean}
 */
function isLeft(run, isMeant) {
  try {
    return !holds(run, isMeant);
  } catch (error) {
    deny(run, 'policy', 'applies', causeOf(error));
    return false;
  }
}

/** @type {(run: Run) => Decision} */
function leave(run) {
  note(run, 'policy', 'applies', 'skipped');
  var decision = decisionOf(run, undefined);
  if (decision.denied === undefined) decision.left = true;
  return decision;
}

/** @type {(client: string | undefined, clients: string[]) => boolean} */
function isOfClient(client, clients) {
  return clients.indexOf(notAbsent(client)) >= 0;
}

/**
 * Without an API there is no audience; but a refresh may not say for which API it is.
 * @type {(request: Context['request'], audiences: string[]) => boolean}
 */
function isForAudience(request, audiences) {
  if (request.audience === undefined) return request.grant_type === 'refresh_token';
  return audiences.indexOf(request.audience) >= 0;
}

/**
 * A decision with what the client sees instead of its reason.
 * @type {(decision: Decision, messages: Record<string, string>) => Decision}
 */
function withMessage(decision, messages) {
  var reason = decision.denied;
  if (reason !== undefined && hasOwn.call(messages, reason)) decision.message = messages[reason];
  return decision;
}
