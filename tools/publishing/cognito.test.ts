import { serverForTests } from '../servers/for-tests.ts';
import { startMinistack } from '../servers/ministack.ts';
import { openCognito, settings, variables } from './cognito.ts';
import { targetContract } from './contract.ts';

const server = await serverForTests(startMinistack);

if (server !== undefined) {
  targetContract('Cognito, by an emulator', {
    open: () => openCognito(server.endpoint),
    variables,
    settings,
    isRead: ({ path }) => path === 'DescribeUserPool',
    sparseness: 6,
    timeoutMs: 3_000,
    mostPauseMs: 60,
  });
}
