import type { Issuer } from '@claimsmith/core';
import { okta as compiler } from '@claimsmith/okta';

/** Okta with the server for its hook: it can serve what the compiler builds. */
export const okta: typeof compiler & Pick<Issuer, 'serve'> = {
  ...compiler,
  serve: {
    about:
      'Okta: serves the token inline hook. Settings come from the environment, as docs/okta-reference.md lists them: each ${NAME} of the spec, HOOK_SECRET (else one is made up and shown), AUDIT_FILE (else no audit is kept), REDIS_URL and CACHE_SECRET.',
    load: async () => (await import('@claimsmith/okta-server/local-server')).localServer,
  },
};
