import { sendNode, unavailableReply, untouchedText } from '@claimsmith/okta/hook';
import { FrontServer, type HttpLimits, isPath } from '@claimsmith/server';
import type { Surroundings } from './generation.ts';
import type { PolicyAtWork } from './policy-at-work.ts';

/** Where a server listens, and what it accepts. */
export interface Doors {
  readonly host: string;
  readonly port: number;
  /** Where Okta calls. */
  readonly path: string;
  readonly limits: HttpLimits;
  /** A separate port for operators. */
  readonly opsPort: number | undefined;
}

/** Handles requests to the hook, and operators' requests on the same or a separate port. */
export function hookServer({ path, ...doors }: Doors, atWork: PolicyAtWork, surroundings: Surroundings) {
  const { audit, lines, log, metrics } = surroundings;

  function refuse(cause: 'path' | 'malformed'): string {
    metrics.refused(cause);
    lines.tell(cause, (count) => log.warn('requests were refused', { reason: cause, count }));
    return atWork.current.policy.observe === true ? untouchedText : unavailableReply.text;
  }

  return new FrontServer({
    ...doors,
    handle(request, response, prove) {
      if (isPath(request.url, path)) void atWork.current.hook.handle(request, response, prove);
      // With any other answer to a wrong path, Okta would issue the token.
      else if (request.method === 'POST') sendNode(request, response, refuse('path'));
      else return false;
      return true;
    },
    // With any other status, too.
    faulty: () => ({ status: 200, body: refuse('malformed') }),
    async render() {
      metrics.auditWritable(audit === undefined || (await audit.isWritable()));
      return metrics.render();
    },
  });
}
