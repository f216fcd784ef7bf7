import { runGateway } from '@claimsmith/gateway';

await runGateway(process.env);
