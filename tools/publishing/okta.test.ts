import { targetContract } from './contract.ts';
import { openOkta, variables } from './okta.ts';

targetContract('Okta, on a stand-in', { open: openOkta, variables });
