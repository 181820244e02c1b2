import type {Command} from 'commander';

/** `snapgrid doctor`: what this machine has, what is missing, how to get it; exit code 1 when notebooks cannot run. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('say what this machine has, what is missing and how to get it')
    .action(async () => {
      const {examine, formatFindings} = await import('./doctor/index.ts');
      const findings = await examine();
      console.log(formatFindings(findings));
      process.exitCode = findings.some(({state, essential}) => essential && state === 'missing') ? 1 : 0;
    });
}
