/**
 * Puts into a token what the policy decides, and returns the policy marker, which Keycloak adds as a claim. Keycloak ignores
 * an error in a script and signs the token all the same, so a denied token is made worthless instead.
 * @type {(policy: Policy) => string | null}
 */
function enrichToken(policy) {
  if (isAt(/\/protocol\/openid-connect\/token\/introspect\/*$/)) return copySigned(policy);
  if (isAt(/\/(protocol\/openid-connect\/userinfo|generate-example-userinfo)\/*$/))
    return answerUserinfo(policy);
  try {
    if (!isMeant(policy)) return leave(policy);
    var decision = decisionOf(policy);
    if (decision.left) return leave(policy);
    if (decision.denied === undefined) {
      if (policy.kept && isAccessToken()) policy.kept.keep(policy, decision.userinfo || {});
      if (policy.remove) policy.remove.take(isAccessToken() ? policy.remove.access : policy.remove.id, {});
      if (isAccessToken()) setAccess(policy, decision);
      else setClaims(policy.own.concat(policy.granting), decision.id);
      return isAccessToken() ? policy.marker : null;
    }
    refuse(isRuledOut(policy, decision) ? [endSession, endSessionAfterwards] : [detachClient]);
  } catch (_error) {
    refuse([detachClient]);
    record(policy, failedAt(Date.now()));
  }
  return null;
}

/**
 * Whether the token is to be enriched: it is for one of the policy's clients, and not for an excluded service account.
 * @type {(policy: Policy) => boolean}
 */
function isMeant(policy) {
  if (!policy.serviceAccounts && isServiceAccount()) return false;
  return policy.clients === null || policy.clients.indexOf(text(client().getClientId())) >= 0;
}

/**
 * Whether a deny rule about the user alone is true. Other denials must not end the session: if a rule is about the request,
 * anybody who may ask could log the user out of everything.
 * @type {(policy: Policy, decision: Decision) => boolean}
 */
function isRuledOut(policy, decision) {
  return decision.outcomes.some(function (outcome) {
    var isHeld = outcome.kind === 'deny' && outcome.outcome === 'denied' && outcome.cause === undefined;
    return isHeld && policy.ofUsers.indexOf(outcome.name) >= 0;
  });
}

/**
 * Leaves a token alone that the policy does not enrich, but removes the policy's claims, scopes, audience and marker. In an
 * ID token, claims that only mappers write may be Keycloak's own.
 * @type {(policy: Policy) => null}
 */
function leave(policy) {
  setClaims(isAccessToken() ? policy.all : policy.own.concat(policy.granting), {});
  if (!isAccessToken()) return null;
  if (policy.kept) policy.kept.keep(policy, null);
  dropAudience(policy.audience);
  setScopes({ remove: policy.scopes, add: [] });
  return null;
}

/**
 * One decision for all tokens of a request, also if deciding failed.
 * @type {(policy: Policy) => Decision}
 */
function decisionOf(policy) {
  var key = ['claimsmith', policy.name, userSession.getId(), client().getId()].join(' ');
  var known = text(keycloakSession.getAttribute(key));
  if (known !== undefined) return JSON.parse(known);
  var issued = decided(policy);
  record(policy, issued);
  keycloakSession.setAttribute(key, JSON.stringify(issued.decision));
  return issued.decision;
}

/** @type {(policy: Policy) => Recorded} */
function decided(policy) {
  var issued = failedAt(Date.now());
  try {
    issued.misfit = misfitOf(policy);
    if (issued.misfit === undefined) issued.decision = policy.decide(policy, issued.answers);
  } catch (_error) {
    // The decision failed.
  }
  return issued;
}

/**
 * A denial, unless something better is decided.
 * @type {(startMs: number) => Recorded}
 */
function failedAt(startMs) {
  return {
    decision: { denied: 'enrichment_unavailable', outcomes: [] },
    answers: {},
    misfit: undefined,
    startMs: startMs
  };
}

/**
 * Which part of the realm does not belong to this script; undefined if all do. Mappers of another revision mean something
 * else by the same names, and another realm has other users.
 * @type {(policy: Policy) => string | undefined}
 */
function misfitOf(policy) {
  if (policy.realms.indexOf(text(realm.getName())) < 0) return 'not made for this realm';
  var revisions = ownRevisions(policy);
  if (revisions.length === 0) return 'no client scopes';
  for (var i = 0; i < revisions.length; i++) {
    if (revisions[i] === policy.revision) continue;
    return 'client scopes of revision ' + (/^[0-9a-f]{8}$/.test(revisions[i]) ? revisions[i] : 'unknown');
  }
  return undefined;
}

/**
 * The revisions of the policy's client scopes on the client; an empty text for one without a revision.
 * @type {(policy: Policy) => string[]}
 */
function ownRevisions(policy) {
  var name = 'claimsmith.' + policy.policy;
  /** @type {(scope: ClientScopeModel) => string | undefined} */
  function revisionOf(scope) {
    var owner = text(scope.getAttribute('claimsmith.policy'));
    var called = text(scope.getName());
    var isOwn =
      owner === undefined ? called === name || called.indexOf(name + '.') === 0 : owner === policy.policy;
    return isOwn ? text(scope.getAttribute('claimsmith.revision')) || '' : undefined;
  }
  // Scopes that a client always has, and scopes that it may ask for.
  return listOf(client().getClientScopes(true).values(), revisionOf).concat(
    listOf(client().getClientScopes(false).values(), revisionOf)
  );
}

/**
 * For a policy without sources.
 * @type {() => Decision}
 */
function decideAlone() {
  return program.decide(program.context(contextOf()), {});
}

/**
 * For a policy with sources: asks them one after the other, within the deadline.
 * @type {(policy: Policy, answers: Record<string, Answer>) => Decision}
 */
function decideAsking(policy, answers) {
  var context = program.context(contextOf());
  var endMs = Date.now() + policy.deadlineMs;
  for (;;) {
    // If it is later than that, the server is too busy.
    if (Date.now() > endMs + 100) throw new TypeError('late');
    var open = program.needs(context, answers).filter(isOpen);
    if (open.length === 0) return program.decide(context, answers);
    open.forEach(ask);
  }
  /** @type {(need: Need) => boolean} */
  function isOpen(need) {
    return !has(answers, need.source);
  }
  /** @type {(need: Need) => void} */
  function ask(need) {
    var source = sources[need.source];
    answers[need.source] = need.each ? askEach(need.each, source, endMs) : askSource(need, source, endMs);
  }
}

/**
 * Whether the request is for one of Keycloak's endpoints.
 * @type {(path: RegExp) => boolean}
 */
function isAt(path) {
  try {
    return path.test(keycloakSession.getContext().getUri().getPath());
  } catch (_error) {
    return false;
  }
}

/**
 * Clears authoritative claims from userinfo answers, whoever wrote them, and adds what was decided for them when the
 * client's last token was issued.
 * @type {(policy: Policy) => null}
 */
function answerUserinfo(policy) {
  try {
    setClaims(policy.granting, {});
    if (policy.kept) policy.kept.answer(policy);
  } catch (_error) {
    token.getOtherClaims().clear();
  }
  return null;
}

/** @type {(policy: Policy) => void} */
function answerKept(policy) {
  var kept = keptUserinfo(policy);
  if (kept && policy.remove) policy.remove.take(policy.remove.userinfo, {});
  setClaims(policy.userinfo || [], kept || {});
}

/**
 * Keeps the claims of the userinfo answer with the client's session: a request for the answer does not say what the token
 * was asked with, and sources are not asked again. Null: the token is left alone, and so is the answer.
 * @type {(policy: Policy, claims: Record<string, unknown> | null) => void}
 */
function keepUserinfo(policy, claims) {
  var session = clientSession();
  if (session !== null)
    session.setNote(userinfoNote(policy), JSON.stringify({ of: policy.name, claims: claims }));
}

/**
 * Claims of another revision mean something else by the same names.
 * @type {(policy: Policy) => Record<string, unknown> | null}
 */
function keptUserinfo(policy) {
  var session = clientSession();
  var kept = session === null ? undefined : text(session.getNote(userinfoNote(policy)));
  if (kept === undefined) return null;
  /** @type {{ of: string, claims: Record<string, unknown> | null }} */
  var found = JSON.parse(kept);
  return found.of === policy.name ? found.claims : null;
}

/** @type {(policy: Policy) => string} */
function userinfoNote(policy) {
  return 'claimsmith.' + policy.policy + '.userinfo';
}

/**
 * An introspection shows what was signed: sources are not asked again, and other mappers add nothing. Keycloak has
 * verified the token and made this one from it. While a token is being issued, nobody can know its id.
 * @type {(policy: Policy) => string | null}
 */
function copySigned(policy) {
  try {
    var signed = payloadOf(parameter('token'));
    if (signed.jti !== text(token.getId())) throw new TypeError('another token');
    setClaims(policy.all, signed);
    if (policy.act) setClaims(['act'], signed);
    if (policy.remove) policy.remove.take(policy.remove.access, signed);
    /** @type {unknown[]} */
    var audiences = [];
    if (audiences.concat(signed.aud).indexOf(policy.audience) < 0) dropAudience(policy.audience);
    return signed[policy.markerClaim] === policy.marker ? policy.marker : null;
  } catch (_error) {
    // An empty answer grants nothing.
    token.audience();
    token.getOtherClaims().clear();
    return null;
  }
}
