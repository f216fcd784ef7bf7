// The transfers service: most of what it decides is in the token; what is left of the daily limit it looks up.
import type { Guard } from '@claimsmith/guard';
import { expressGuard } from '@claimsmith/guard/express';
import express, { type Express } from 'express';
import type { Apis } from './contract.ts';

type TransfersApi = Apis['https://transfers.acme.example/'];

export function createService(guard: Guard<TransfersApi>): Express {
  const app = express();
  const protect = expressGuard(guard);

  app.post('/transfers', protect.require(), express.json(), async (request, response) => {
    const token = protect.token(request);
    const cents = Number(request.body?.cents);
    if (token.kind !== 'human' || !token.authority.roles.includes('payer')) {
      response.status(403).json({ error: 'not_a_payer' });
      return;
    }
    // Without an answer of the bank this rejects, and `onError` answers 503.
    const left = await token.resolve('daily_limit_left');
    const isAllowed = Number.isSafeInteger(cents) && cents > 0 && cents <= left;
    response.status(isAllowed ? 200 : 403).json({ allowed: isAllowed, left });
  });

  // Closing an account cannot be undone, so the roles of the login are not enough.
  app.delete('/accounts/:id', protect.require(), async (request, response) => {
    const token = protect.token(request);
    const roles = token.kind === 'human' ? await token.fresh('roles') : [];
    const { denied } = await token.deny();
    response.sendStatus(roles.includes('payer') && denied === undefined ? 204 : 403);
  });

  app.use(protect.onError);
  return app;
}
