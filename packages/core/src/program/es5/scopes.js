/**
 * If the issuer does not know the requested scopes, all count as requested.
 * @type {(run: Run, name: string, grant: Grant) => void}
 */
function judgeScope(run, name, grant) {
  if (isAsked(run.context, name) && !judge(run, 'scope', name, grant)) removeScope(run, name);
}

/**
 * All scopes that match a pattern.
 * @type {(run: Run, name: string, pattern: { exec(name: string): unknown }, grant: Grant) => void}
 */
function judgeScopes(run, name, pattern, grant) {
  var asked = run.context.request.scopes;
  if (!asked) return deny(run, 'scope', name, 'scopes_unknown');
  for (var i = 0; i < asked.length && affords(run.context.budget, 40); i++) {
    var match = pattern.exec(asked[i]);
    // The requested name names an object, so outcomes leave it out.
    if (match && !judge(run, 'scope', name, grant, match)) removeScope(run, asked[i]);
  }
}

/**
 * Whether something is granted; never if its grant is not for this token.
 * @type {(run: Run, kind: Outcome['kind'], name: string, grant: Grant, bound?: unknown) => boolean}
 */
function judge(run, kind, name, grant, bound) {
  var cause;
  try {
    if (grant && holds(run, grant, bound)) {
      note(run, kind, name, 'granted');
      return true;
    }
  } catch (error) {
    cause = causeOf(error);
  }
  note(run, kind, name, 'refused', cause);
  return false;
}

/**
 * Grants a scope that was not requested.
 * @type {(run: Run, name: string, grant: Grant) => void}
 */
function addScope(run, name, grant) {
  if (!grant || isAsked(run.context, name) || !surely(grant, true, run.context, run.sources, run.claims))
    return;
  run.add.push(name);
  note(run, 'scope', name, 'granted');
}

/** @type {(run: Run, name: string) => void} */
function removeScope(run, name) {
  if (affords(run.context.budget, run.remove.length) && run.remove.indexOf(name) < 0) run.remove.push(name);
}

/**
 * Refuses names that would bypass a grant: not a scope, or one that begins like a dynamic scope but matches none.
 * @type {(run: Run, isStray: (name: string) => boolean, steps: number) => void}
 */
function refuseStrays(run, isStray, steps) {
  var asked = run.context.request.scopes || [];
  for (var i = 0; i < asked.length && affords(run.context.budget, steps); i++) {
    if (!isStray(asked[i])) continue;
    note(run, 'scope', 'scope', 'refused', 'scope_name');
    removeScope(run, asked[i]);
  }
}

var scopeName = /^[!#-[\]-~]+$/;

/** @type {(name: string, start: string) => boolean} */
function begins(name, start) {
  return name.lastIndexOf(start, 0) === 0;
}
