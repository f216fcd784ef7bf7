/**
 * Writes the record of an issuance to the server's log, in the category `claimsmith`: names and codes of the policy, never a
 * value. A denial is a warning. Keycloak's admin console also runs the policy, to show examples; they have no effect.
 * @type {(policy: Policy, issued: Recorded) => void}
 */
function record(policy, issued) {
  try {
    var decision = issued.decision;
    var refused = decision.denied;
    var isExample = issued.isObserved || isAt(/\/generate-example-[a-z-]+\/*$/);
    var entry = {
      claimsmith: policy.name,
      id: auditId(Date.now()),
      decision: refused !== undefined ? 'denied' : decision.left ? 'left' : 'issued',
      observed: isExample ? true : undefined,
      reason: refused,
      subject: policy.subject ? policy.subject() : undefined,
      client: text(client().getClientId()),
      sources: agesOf(issued.answers),
      claims: refused === undefined ? madeClaims(policy, decision.outcomes) : [],
      causes: causesOf(decision.outcomes, issued.misfit),
      native: Object.keys(policy.native).filter(function (name) {
        return refused === undefined && token.getOtherClaims().get(policy.native[name]) !== null;
      }),
      jti: isAccessToken() ? text(token.getId()) : undefined,
      audience: policy.audience,
      grant: parameter('grant_type'),
      ms: Date.now() - issued.startMs,
      issuer: 'keycloak'
    };
    if (refused !== undefined && !isExample) logger().warn(JSON.stringify(entry));
    else logger().info(JSON.stringify(entry));
  } catch (_error) {
    // A failed log line must not change the token.
  }
}

/**
 * The claims that the program has set: what mappers make it only evaluates.
 * @type {(policy: Policy, outcomes: Outcome[]) => string[]}
 */
function madeClaims(policy, outcomes) {
  return outcomes
    .filter(function (outcome) {
      var isSet = outcome.outcome === 'emitted' || outcome.outcome === 'default';
      return outcome.kind === 'claim' && isSet && !has(policy.native, outcome.name);
    })
    .map(function (outcome) {
      return outcome.name;
    });
}

/**
 * The age of each source's answer in seconds, or how the source failed.
 * @type {(answers: Record<string, Answer>) => Record<string, unknown>}
 */
function agesOf(answers) {
  /** @type {Record<string, unknown>} */
  var ages = {};
  Object.keys(answers).forEach(function (source) {
    var answer = answers[source];
    ages[source] = 'failure' in answer ? answer.failure : Math.round(answer.ageSeconds);
  });
  return ages;
}

/**
 * Why parts of the policy are not as evaluated.
 * @type {(outcomes: Outcome[], misfit: string | undefined) => Record<string, string>}
 */
function causesOf(outcomes, misfit) {
  /** @type {Record<string, string>} */
  var causes = {};
  if (misfit !== undefined) causes.script = misfit;
  outcomes.forEach(function (outcome) {
    if (outcome.cause === undefined) return;
    // A requested scope may name someone's account; the other names are the policy's own.
    causes[outcome.kind === 'scope' ? 'scope' : outcome.name] = outcome.outcome + ': ' + outcome.cause;
  });
  return causes;
}

/**
 * A UUID of version 7, which begins with a time.
 * @type {(timeMs: number) => string}
 */
function auditId(timeMs) {
  var time = ('000' + timeMs.toString(16)).slice(-12);
  var random = text(Java.type('java.util.UUID').randomUUID());
  return time.slice(0, 8) + '-' + time.slice(8) + '-7' + random.slice(15);
}

/**
 * The keyed digest that stands for the user: HMAC-SHA-256, its first 128 bits as base64url. Undefined for a service account,
 * and without a key of 32 characters.
 * @type {(key: string) => string | undefined}
 */
function subjectDigest(key) {
  try {
    var secret = utf8Buffer(setting(key));
    if (secret.limit() < 32 || isServiceAccount()) return undefined;
    var mac = Java.type('javax.crypto.Mac').getInstance('HmacSHA256');
    var SecretKeySpec = Java.type('javax.crypto.spec.SecretKeySpec');
    mac.init(new SecretKeySpec(secret.array(), 0, secret.limit(), 'HmacSHA256'));
    mac.update(utf8Buffer(text(user.getId())));
    var encoder = Java.type('java.util.Base64').getUrlEncoder();
    return text(encoder.encodeToString(mac.doFinal())).slice(0, 22);
  } catch (_error) {
    return undefined;
  }
}

/** @type {(characters: string) => ByteBuffer} */
function utf8Buffer(characters) {
  return Java.type('java.nio.charset.StandardCharsets').UTF_8.encode(characters);
}
