import { runServer } from '@claimsmith/okta/server';

await runServer(process.env);
