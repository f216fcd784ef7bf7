// The payment service: it decides from the token alone. `protect` is all that it needs to know of tokens.
import type { Guard, Token } from '@claimsmith/guard';
import { expressGuard } from '@claimsmith/guard/express';
import express, { type Express } from 'express';
import type { Apis } from './contract.ts';

type PaymentsApi = Apis['https://payments.acme.example/'];

export function createService(guard: Guard<PaymentsApi>): Express {
  const app = express();
  const protect = expressGuard(guard);

  // Any right token of the policy.
  app.get('/payments', protect.require(), (request, response) => {
    const { authority, descriptive, kind } = protect.token(request);
    response.json({ for: kind, tenant: authority.tenant_id, plan: descriptive.plan ?? 'free' });
  });

  // A scope, a role, a limit, and a login of the last five minutes.
  const approval = { scopes: ['payments.approve'], maxLoginAgeSeconds: 300 } as const;
  app.post('/payments/:id/approval', protect.require(approval), express.json(), (request, response) => {
    const isAllowed = mayApprove(protect.token(request), Number(request.body?.amount));
    response.status(isAllowed ? 200 : 403).json({ approved: isAllowed });
  });

  return app;
}

function mayApprove(token: Token<PaymentsApi>, amount: number): boolean {
  // Machines have no roles, so the compiler wants to know who asks.
  if (token.kind !== 'human') return false;
  const { roles, approval_limit: limit } = token.authority;
  return roles.includes('approver') && limit !== undefined && amount <= limit;
}
