import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportFigure } from './figures.ts';

/** Each import that the architecture forbids, and the rule that must catch it. */
const violations: readonly { file: string; text: string; rule: string; why: string }[] = [
  violation('cel/src', "import { tokenBytes } from '@claimsmith/core';", 'cel imports no package'),
  violation('cel/src', "import { readFileSync } from 'node:fs';", 'cel uses no Node API'),
  violation('core/src', "import { auth0 } from '@claimsmith/auth0';", 'core imports no issuer'),
  violation(
    'core/src',
    "import { serverAsking } from '@claimsmith/runtime/server';",
    'core does not import sources for servers',
  ),
  violation('core/src', "import { readFileSync } from 'node:fs';", 'core uses no Node API'),
  violation('runtime/src', "import { tokenBytes } from '@claimsmith/core';", 'runtime does not import core'),
  violation('runtime/src', "import { z } from 'zod';", 'runtime carries no zod'),
  violation('runtime/src', "import { ManagementClient } from 'auth0';", 'runtime carries no SDK'),
  violation('host-js/src', "import { auth0 } from '@claimsmith/auth0';", 'host-js imports no issuer'),
  violation('deploy/src', "import { auth0 } from '@claimsmith/auth0';", 'deploy imports no issuer'),
  violation('deploy/src', "import { ManagementClient } from 'auth0';", 'deploy carries no SDK'),
  violation('guard/src', "import { contractOf } from '@claimsmith/core';", 'guard does not import core'),
  violation('guard/src', "import { z } from 'zod';", 'guard carries no zod'),
  violation('guard/src', "import { drive } from '@claimsmith/runtime';", 'only look-ups import runtime'),
  violation(
    'guard/src/look-up',
    "import { contractOf } from '@claimsmith/core';",
    'look-ups do not import core',
  ),
  violation(
    'guard/src',
    "import fastify from 'fastify';",
    'guard depends on jose alone',
    'noUndeclaredDependencies',
  ),
  violation('core/src', "import { planOf } from '@claimsmith/deploy';", 'core does not import deploy'),
  violation('auth0/src/publish', "import { ManagementClient } from 'auth0';", 'only target.ts loads an SDK'),
  violation(
    'cognito/src/publish',
    "import { LambdaClient } from '@aws-sdk/client-lambda';",
    'only target.ts loads the SDK of AWS',
  ),
  violation('auth0/src', "import { okta } from '@claimsmith/okta';", 'an issuer does not import its sibling'),
  violation('auth0/src', "import { main } from 'claimsmith';", 'an issuer does not import the command'),
  violation('auth0/src', "import { ManagementClient } from 'auth0';", 'auth0 compiles without an SDK'),
  violation(
    'auth0/src/platform',
    "import { tokenBytes } from '@claimsmith/core';",
    'what runs at an issuer does not import core',
  ),
  violation('auth0/src/platform', "import { z } from 'zod';", 'what runs at an issuer carries no zod'),
  violation('auth0/src/platform', "import { readFileSync } from 'node:fs';", 'an Action uses no Node API'),
  violation('runtime/src', "import { Agent } from 'undici';", 'what is bundled has no dependency'),
  violation('runtime/src', "import { readFileSync } from 'node:fs';", 'runtime uses no Node API'),
  violation('runtime/src/server', "import { z } from 'zod';", 'sources for servers carry no zod'),
  violation(
    'runtime/src/server',
    "import { jsonBytes } from '@claimsmith/core';",
    'sources for servers do not import core',
  ),
  violation('okta/src', "import { auth0 } from '@claimsmith/auth0';", 'okta does not import its sibling'),
  violation('okta/src', "import { Client } from '@okta/okta-sdk-nodejs';", 'okta compiles without an SDK'),
  violation(
    'okta/src/platform',
    "import { jsonBytes } from '@claimsmith/core';",
    'the hook does not import core',
  ),
  violation(
    'okta-server/src',
    "import { auth0 } from '@claimsmith/auth0';",
    'the server knows no other issuer',
  ),
  violation(
    'okta-server/src',
    "import { jsonBytes } from '@claimsmith/core';",
    'the server does not import core',
  ),
  violation(
    'gateway/src',
    "import { contractOf } from '@claimsmith/core';",
    'the gateway does not import core',
  ),
  violation(
    '../apps/gateway/src',
    "import { createGuard } from '@claimsmith/guard';",
    'the app of the gateway is thin',
  ),
  violation('server/src', "import { okta } from '@claimsmith/okta';", 'what servers share knows no issuer'),
  violation('an-issuer/src', "import { okta } from '@claimsmith/okta';", 'a new issuer imports no sibling'),
  violation(
    'keycloak/src',
    "import { auth0 } from '@claimsmith/auth0';",
    'keycloak does not import its sibling',
  ),
  violation('../apps/okta-hook/src', "import { jsonBytes } from '@claimsmith/core';", 'the app is thin'),
  violation('cli/src', "import { server } from '../../../apps/okta-hook/server.ts';", 'nothing imports apps'),
  violation('cli/src', "import { reportFigure } from '../../../tools/figures.ts';", 'nothing imports tools'),
  violation(
    'core/src',
    "import express from 'express';",
    'a dependency is declared',
    'noUndeclaredDependencies',
  ),
];

function violation(folder: string, line: string, why: string, rule = 'noRestrictedImports') {
  const name = `violation-${why.replace(/\W+/g, '-')}.ts`;
  return { file: join('packages', folder, name), text: `${line}\n`, rule, why };
}

const root = fileURLToPath(new URL('..', import.meta.url));
let copy: string;
let found: readonly { category: string; file: string }[];

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'claimsmith-layering-'));
  for (const name of ['biome.json', 'package.json', 'packages', 'apps']) {
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist)(\/|$)/.test(path.slice(root.length)),
    });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  spawnSync('git', ['init', '-q'], { cwd: copy });
  for (const { file, text } of violations) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), text);
  }
  writeFileSync(
    join(copy, 'packages/core/src/cycle-a.ts'),
    "import type { B } from './cycle-b.ts';\nexport type A = B | undefined;\n",
  );
  writeFileSync(
    join(copy, 'packages/core/src/cycle-b.ts'),
    "import type { A } from './cycle-a.ts';\nexport type B = A | undefined;\n",
  );
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['lint', '--reporter=json', '--max-diagnostics=none', 'packages', 'apps'],
    { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  found = report.diagnostics.map(({ category, location }) => ({ category, file: location.path }));
}, 60_000);

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
  reportFigure(
    '4-layering',
    `layering: ${violations.length + 1} forbidden imports, each refused by its rule`,
  );
});

test.each(violations)('$why', ({ file, rule }) => {
  expect(
    found.filter((diagnostic) => diagnostic.file === file).map(({ category }) => category),
  ).toContainEqual(expect.stringContaining(rule));
});

test('files do not import each other in a circle, types included', () => {
  expect(found).toContainEqual({
    category: expect.stringContaining('noImportCycles'),
    file: 'packages/core/src/cycle-a.ts',
  });
});
