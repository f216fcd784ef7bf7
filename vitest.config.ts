import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Without `module`: what it names in some packages is written for bundlers, and does not load in Node.
const conditions = ['@claimsmith/source', 'node', 'development|production'];

/** Searches, servers and copies of the workspace take minutes: they start first, and unit tests fill what is left. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => /\/tools\/|\/server\.test\.ts$/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.test.ts', 'tools/**/*.test.ts'],
    setupFiles: ['tools/property-seed.ts'],
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    // Many tests wait for a server: with two cores, one worker would leave half of the machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: {
      provider: 'v8',
      include: ['{packages,apps}/*/src/**/*.ts'],
      // What runs at an issuer is measured as built text, in its own module context, where coverage does not see it.
      exclude: ['**/*.test.ts', '**/*.gen.ts', 'packages/auth0/src/platform/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
