import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{backend,checking,cli,data,exercises,grader,kernel,project,quant,session,test}/**/*.test.ts'],
    setupFiles: ['test/seeded.ts'],
    // Two cores: tests that start processes would otherwise starve one another.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
