import { runServer, runVerify } from '@claimsmith/okta-server';

const [command, file, start] = process.argv.slice(2);
if (command === undefined) await runServer(process.env);
else if (command === 'verify') await runVerify(file, start);
else {
  process.stderr.write(
    'Run without arguments to serve the hook, or with verify <file> to check an audit file\n',
  );
  process.exitCode = 2;
}
