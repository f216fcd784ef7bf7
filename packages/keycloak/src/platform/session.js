/**
 * Makes the token expire in 1970, without a refresh. Each step is separate, because one may fail.
 * @type {(ends: (() => void)[]) => void}
 */
function refuse(ends) {
  [
    function () {
      token.exp(Java.type('java.lang.Long').valueOf(1));
    },
    function () {
      token.audience();
    },
    function () {
      token.getOtherClaims().clear();
    }
  ]
    .concat(ends)
    .forEach(function (step) {
      try {
        step();
      } catch (_error) {
        complain('a denied token could not be made worthless in every way');
      }
    });
}

/**
 * Ends the session of a user that the policy denies, for all clients.
 * @type {() => void}
 */
function endSession() {
  removeSessions(keycloakSession.sessions(), realm, userSession.getId());
}

/**
 * Keycloak makes an offline session only after it has the access token, or makes it again. So the session is ended once
 * more at the end, in a separate transaction.
 * @type {() => void}
 */
function endSessionAfterwards() {
  var id = userSession.getId();
  var key = 'claimsmith ends ' + id;
  if (keycloakSession.getAttribute(key) !== null) return;
  keycloakSession.setAttribute(key, 'true');
  var realmId = realm.getId();
  var factory = keycloakSession.getKeycloakSessionFactory();
  afterRequest(function () {
    Java.type('org.keycloak.models.utils.KeycloakModelUtils').runJobInTransaction(
      factory,
      function (session) {
        var again = session.realms().getRealm(realmId);
        session.getContext().setRealm(again);
        removeSessions(session.sessions(), again, id);
      }
    );
  });
}

/** @type {(sessions: UserSessionProvider, of: RealmModel, id: JavaText) => void} */
function removeSessions(sessions, of, id) {
  var offline = sessions.getOfflineUserSession(of, id);
  if (offline !== null) sessions.removeOfflineUserSession(of, offline);
  var online = sessions.getUserSession(of, id);
  if (online !== null) sessions.removeUserSession(of, online);
}

/**
 * Runs the work after the request's transaction has ended, in either way.
 * @type {(work: () => void) => void}
 */
function afterRequest(work) {
  function run() {
    try {
      work();
    } catch (_error) {
      complain('a session that was denied could not be ended');
    }
  }
  function nothing() {}
  function no() {
    return false;
  }
  var Transaction = Java.extend(Java.type('org.keycloak.models.KeycloakTransaction'), {
    begin: nothing,
    commit: run,
    rollback: run,
    setRollbackOnly: nothing,
    getRollbackOnly: no,
    isActive: no
  });
  keycloakSession.getTransactionManager().enlistAfterCompletion(new Transaction());
}

/**
 * Removes this client from the session; the user stays logged in elsewhere. An offline session stays: the failure may be
 * over soon, and each refresh is decided again.
 * @type {() => void}
 */
function detachClient() {
  var session = userSession.isOffline() ? null : clientSession();
  if (session !== null) session.detachFromUserSession();
}

/**
 * Logs an error that an operator has to look into.
 * @type {(what: string) => void}
 */
function complain(what) {
  try {
    logger().error('claimsmith: ' + what);
  } catch (_error) {
    // A failed log line must not change the token.
  }
}

/** @type {() => Logger} */
function logger() {
  return Java.type('org.jboss.logging.Logger').getLogger('claimsmith');
}
