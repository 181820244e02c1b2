import {Argument, type Command} from 'commander';
import {wholeNumber} from './whole-number.ts';

const parts = ['kernel', 'grader', 'start', 'quant'] as const;
type Part = (typeof parts)[number];

/** `snapgrid bench [kernel|grader|start|quant]`: speed beside the peers', measured in one run. */
export function addBenchCommand(program: Command): void {
  program
    .command('bench')
    .description(
      'measure this machine: kernels, graders, the first start and the toolkit, the peers in turns beside us (they are installed into .snapgrid/bench)',
    )
    .addArgument(new Argument('[part]', 'one of them').choices(parts))
    .option('--rounds <n>', 'how often each is measured', wholeNumber, 5)
    .action(async (part: Part | undefined, {rounds}: {rounds: number}) => {
      for (const name of part ? [part] : parts) await runBench[name](rounds);
    });
}

/** Each is loaded when it runs: no other command waits for it. */
const runBench: Record<Part, (rounds: number) => Promise<void>> = {
  kernel: async rounds => (await import('../bench/kernel.ts')).benchKernel(rounds),
  grader: async rounds => (await import('../bench/grader.ts')).benchGrader(rounds),
  quant: async rounds => (await import('../bench/quant.ts')).benchQuant(rounds),
  start: async rounds => (await import('../bench/start.ts')).benchStart(rounds),
};
