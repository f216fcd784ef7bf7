import { runServer, runVerify } from '@claimsmith/okta-server';

const [command, file, start] = process.argv.slice(2);
if (command === undefined) await runServer(process.env);
else if (command === 'verify') await runVerify(file, start);
else {
  process.stderr.write('Without arguments: serves the hook. verify <file>: checks an audit file\n');
  process.exitCode = 2;
}
