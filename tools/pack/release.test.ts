import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { workspace } from './published.ts';

const workflow = z
  .object({
    permissions: z.record(z.string(), z.string()),
    jobs: z.record(
      z.string(),
      z.object({
        permissions: z.record(z.string(), z.string()),
        needs: z.string().optional(),
        steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
      }),
    ),
  })
  .parse(parse(readFileSync(join(workspace, '.github/workflows/release.yml'), 'utf8')));
const { test: tests, publish } = workflow.jobs;

test('a release publishes what the tests have passed, and only that step can prove who it is', () => {
  expect([workflow.permissions, tests?.permissions]).toEqual([{}, { contents: 'read' }]);
  expect(tests?.steps.at(-1)?.run).toBe('npm test');
  expect(publish).toMatchObject({ needs: 'test', permissions: { contents: 'read', 'id-token': 'write' } });
  expect(publish?.steps.at(-1)?.run).toMatch(/^npx changeset publish\b/);
});

test('each action is pinned by a whole version', () => {
  const uses = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((action) => !/@(v\d+\.\d+\.\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
});
