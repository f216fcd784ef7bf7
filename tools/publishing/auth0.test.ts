import { openAuth0, settings, variables } from './auth0.ts';
import { targetContract } from './contract.ts';

targetContract('Auth0, by a stand-in', { open: openAuth0, variables, settings });
