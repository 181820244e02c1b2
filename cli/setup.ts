import type {Command} from 'commander';

/** `snapgrid setup`: what `npm start` does the first time, without opening anything. */
export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description('set everything up without starting anything (npm start does it the first time)')
    .option('--for-tests', 'with the Python packages that only the tests need')
    .action(async ({forTests}: {forTests?: true}) => {
      const {setUp} = await import('./setup/index.ts');
      await setUp(forTests ? 'tests' : 'jupyter');
    });
}
