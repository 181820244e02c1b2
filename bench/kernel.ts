import {readFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {installKernel, kernelName} from '../kernel/install.ts';
import {projectRoot} from '../project/root.ts';
import {type Answered, askKernel, type Kernel} from './kernel-driver.ts';
import {behaviourQuestions, behaviourRows, type Measured, racingQuestions, speedRows} from './kernel-rows.ts';
import {benchFolder, denoExecutable, npmProgram, peerVersions, pythonWith} from './peers.ts';
import {publish} from './report.ts';

/** `snapgrid bench kernel`: our kernel and its peers, each a whole session per round, in turns; then what each of them does. */
export async function benchKernel(rounds: number): Promise<void> {
  const python = pythonWith('kernel-python', [
    `ipykernel==${peerVersions.ipykernel}`,
    'jupyter_client',
    `jupyter_kernel_test==${peerVersions.jupyterKernelTest}`,
    'nbclient',
    'psutil',
  ]);
  const kernels = installKernels(python);
  const measured = new Map<string, Answered<Measured>[]>(kernels.map(({name}) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    for (const kernel of kernels) {
      process.stdout.write(`round ${round} of ${rounds}: ${kernel.name} …`);
      const run = (await askKernel(python, kernel, ['speed'])).get('speed') as Answered<Measured>;
      const failed = 'answer' in run ? run.answer.failed : run.failed;
      console.log(failed ? ` failed: ${failed}` : ' done');
      measured.get(kernel.name)!.push(run);
    }
  const behaviours = await behavioursOf(python, kernels);
  const versions: Record<string, string> = {...peerVersions, snapgrid: ownVersion()};
  publish({
    name: 'kernel',
    rounds,
    versions: Object.fromEntries(kernels.map(({name}) => [name, versions[name] ?? ''])),
    rows: [...speedRows(measured), ...behaviourRows(behaviours)],
    details: Object.fromEntries([...behaviours].map(([name, answers]) => [name, Object.fromEntries(answers)])),
  });
}

/** What each kernel does. Most of the time is waited for what a peer never says, so more are asked than there are cores; alone, where they race. */
async function behavioursOf(python: string, kernels: readonly Kernel[]): Promise<Map<string, Map<string, Answered<unknown>>>> {
  const found = new Map(kernels.map(({name}) => [name, new Map<string, Answered<unknown>>()]));
  const ask = async (kernel: Kernel, questions: readonly string[], what: string): Promise<void> => {
    for (const [question, answer] of await askKernel(python, kernel, questions)) found.get(kernel.name)!.set(question, answer);
    console.log(`${what} ${kernel.name} … done`);
  };
  for (const kernel of kernels) await ask(kernel, racingQuestions, 'what is lost by');
  const half = behaviourQuestions.length / 2;
  // Ours, the quickest, does not keep the slow ones waiting.
  const left = [...kernels].reverse().flatMap(kernel => [
    {kernel, questions: behaviourQuestions.slice(0, half), what: 'half of what is done by'},
    {kernel, questions: behaviourQuestions.slice(half), what: 'the other half by'},
  ]);
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) await ask(next.kernel, next.questions, next.what);
  };
  await Promise.all(Array.from({length: availableParallelism() + 1}, lane));
  return found;
}

function installKernels(python: string): Kernel[] {
  const own = join(benchFolder, 'kernels', kernelName);
  installKernel({folder: own});
  const {argv, interrupt_mode} = JSON.parse(readFileSync(join(own, 'kernel.json'), 'utf8')) as Pick<Kernel, 'argv' | 'interrupt_mode'>;
  const tslab = join(npmProgram('tslab', peerVersions.tslab), 'bin', 'tslab');
  const deno = denoExecutable();
  if (!deno) console.log('Deno has no package for this system: it is left out.');
  const bySignal = {interrupt_mode: 'signal', language: 'typescript'} as const;
  return [
    {name: 'snapgrid', argv, language: 'typescript', interrupt_mode},
    {name: 'ipykernel', argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'], ...bySignal, language: 'python'},
    {name: 'tslab', argv: [process.execPath, tslab, 'kernel', '--config-path', '{connection_file}'], ...bySignal},
    ...(deno ? [{name: 'deno', argv: [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'], ...bySignal}] : []),
  ];
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {version: string}).version;
}
