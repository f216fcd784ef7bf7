import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples/payments/service');

/** The types of an API whose people have a claim that is looked up. */
const lookingUp = `
    interface Claims {
      authority: { roles: readonly string[] };
      descriptive: object;
      lookups: { daily_limit_left: number };
      fresh: { roles: readonly string[] };
    }
    interface LookingUp {
      human: Claims; machine: Claims; agent: Claims; delegated: Claims; scopes: string; details: object;
    }`;

/** What a page leaves to its readers: names that they have, and files that a build writes. */
const left: Readonly<Record<string, string>> = {
  'docs/architecture.md': `
    import { type Contract, createGuard, type Result } from '@claimsmith/guard';
    import type { Apis } from './contract.ts';
    declare const contract: Contract<Apis>;
    declare const audience: 'https://payments.acme.example/';
    declare const issuers: { auth0: { issuer: string } };
    declare const result: Extract<Result<LookingUp>, { ok: true }>;
    ${lookingUp}`,
  'docs/protect-a-service.md': `
    import type { Express, RequestHandler } from 'express';
    import type { EventSubject, Token } from '@claimsmith/guard';
    declare const app: Express;
    declare const approve: RequestHandler;
    declare const token: Token<Apis['https://payments.acme.example/']>;
    declare const contract: ReturnType<typeof readContract<Apis>>;
    declare const audience: 'https://payments.acme.example/';
    declare const issuers: { auth0: { issuer: string } };
    declare function lookUp(subject: object): Promise<{ issuer: string; subject: string } | undefined>;`,
  'docs/volatile-attributes.md': `
    import type { ExpressGuard } from '@claimsmith/guard/express';
    declare const contract: unknown;
    declare const audience: 'https://payments.acme.example/';
    declare const issuers: { auth0: { issuer: string } };
    declare const protect: ExpressGuard<LookingUp>;
    declare const request: object;
    declare function refuse(): void;
    ${lookingUp}`,
};

interface Page {
  readonly name: string;
  readonly blocks: readonly string[];
}

function pages(): readonly Page[] {
  const names = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  const readmes = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  return [...names, 'README.md', ...readmes].flatMap((name) => {
    const text = readFileSync(join(root, name), 'utf8');
    const blocks = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
    return blocks.length === 0 ? [] : [{ name, blocks }];
  });
}

/** A page as one module: imports first, then each block in a function inside the ones before, whose names it may use or hide. */
function moduleOf({ name, blocks }: Page): string {
  const imports = new Set<string>();
  const take = (code: string) =>
    code.replace(/^import [^;]*;\n/gm, (line) => {
      imports.add(line);
      return '';
    });
  const given = take((left[name] ?? '').replace(/^ {4}/gm, ''));
  const body = blocks.map(take);
  return [
    ...imports,
    given,
    ...body.map(
      (code, index) => `${index === 0 ? '' : 'async () => {\n'}// ${name}, block ${index + 1}\n${code}`,
    ),
    '};\n'.repeat(body.length - 1),
    'export {};\n',
  ].join('\n');
}

test('each TypeScript example of the docs compiles', () => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache/docs-types-'));
  try {
    const all = pages();
    expect(all.length).toBeGreaterThan(2);
    for (const page of all)
      writeFileSync(join(folder, `${page.name.replaceAll('/', '-')}.ts`), moduleOf(page));
    copyFileSync(join(example, 'contract.ts'), join(folder, 'contract.ts'));
    mkdirSync(join(folder, 'services'));
    const built =
      "import type { BuiltLookups } from '@claimsmith/guard/lookups';\nexport declare const policy: BuiltLookups;\n";
    writeFileSync(join(folder, 'services/lookups.d.mts'), built);
    const options = {
      composite: false,
      incremental: false,
      declaration: false,
      noEmit: true,
      noUnusedLocals: false,
      types: ['node'],
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: options,
        include: ['*.ts', 'services/*'],
      }),
    );
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const tsc = join(root, 'node_modules/.bin/tsc');
    const { stdout, stderr } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
