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
  if (!(run.context.budget.left >= 0)) {
    run.denied = undefined;
    deny(run, 'deny', 'budget', 'steps');
  }
  if (run.denied) {
    run.access = {};
    run.id = {};
    run.add = [];
    run.remove = [];
  }
  return {
    denied: run.denied,
    access: run.access,
    id: run.id,
    scopes: { add: run.add, remove: run.remove },
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

/** @type {(run: Run, name: string) => void} */
function emitted(run, name) {
  note(run, 'claim', name, 'emitted');
}

/** @type {(run: Run, name: string) => void} */
function skipped(run, name) {
  note(run, 'claim', name, 'skipped');
}

/** @type {(error: unknown) => string} */
function causeOf(error) {
  return error instanceof CelError ? error.code : 'internal';
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
    if (!truth(when(run.context, run.sources, run.claims))) return false;
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
 * Denies without a clock, because comparisons with it would then mean nothing.
 * @type {(run: Run) => void}
 */
function requireNow(run) {
  if (run.context.now === undefined) deny(run, 'deny', 'now', 'no_such_key');
}

/**
 * Denies if somebody acts for the subject, and it is unreadable who.
 * @type {(run: Run) => void}
 */
function requireActor(run) {
  if (run.context.actor.chain === null) deny(run, 'deny', 'actor', 'actor');
}

/**
 * Denies if the kind of subject is unknown, because conditions on it would then mean nothing.
 * @type {(run: Run) => void}
 */
function requireSubject(run) {
  if (run.context.subject_type === undefined) deny(run, 'deny', 'subject_type', 'no_such_key');
}

/**
 * Whether the token stays as the issuer made it, because the policy is not for it. It is denied if that is unknown.
 * @type {(run: Run, isMeant: Condition) => boolean}
 */
function isLeft(run, isMeant) {
  try {
    return !isMeant(run.context, run.sources, run.claims);
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
