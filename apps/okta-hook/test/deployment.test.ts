import { variableNames } from '../../../packages/okta-server/src/configuration.ts';
import { testDeployment } from '../../../tools/deployment.ts';

testDeployment({ name: 'okta-hook', image: 'OKTA_HOOK_IMAGE', variableNames });
