import { variableNames } from '../../../packages/gateway/src/configuration.ts';
import { testDeployment } from '../../../tools/deployment.ts';

testDeployment({ name: 'gateway', image: 'GATEWAY_IMAGE', variableNames });
