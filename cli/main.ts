import {Command, CommanderError} from 'commander';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';

interface Entry {
  /** Only the file of the command that runs is loaded. */
  readonly add: () => Promise<(program: Command) => void>;
  /** What is set up first, on first use. */
  readonly needs?: 'tensors';
}

const commands: Record<string, Entry> = {
  start: {add: async () => (await import('./start.ts')).addStartCommand},
  setup: {add: async () => (await import('./setup.ts')).addSetupCommand},
  doctor: {add: async () => (await import('./doctor.ts')).addDoctorCommand},
  grade: {add: async () => (await import('./grade.ts')).addGradeCommand, needs: 'tensors'},
  regrade: {add: async () => (await import('./regrade.ts')).addRegradeCommand, needs: 'tensors'},
  override: {add: async () => (await import('./override.ts')).addOverrideCommand},
  export: {add: async () => (await import('./export.ts')).addExportCommand},
  marks: {add: async () => (await import('./marks.ts')).addMarksCommand},
  gradescope: {add: async () => (await import('./gradescope.ts')).addGradescopeCommand},
  grades: {add: async () => (await import('./grades.ts')).addGradesCommand},
  demo: {add: async () => (await import('./demo.ts')).addDemoCommand, needs: 'tensors'},
  new: {add: async () => (await import('./new.ts')).addNewCommand},
  import: {add: async () => (await import('./import.ts')).addImportCommand},
  check: {add: async () => (await import('./check.ts')).addCheckCommand, needs: 'tensors'},
  calibrate: {add: async () => (await import('./calibrate.ts')).addCalibrateCommand, needs: 'tensors'},
  notebooks: {add: async () => (await import('./build-notebooks.ts')).addNotebooksCommand},
  inspect: {add: async () => (await import('./inspect.ts')).addInspectCommand},
  quantize: {add: async () => (await import('./quantize.ts')).addQuantizeCommand},
  compare: {add: async () => (await import('./compare.ts')).addCompareCommand},
  kernel: {add: async () => (await import('./kernel.ts')).addKernelCommand},
  build: {add: async () => (await import('./build.ts')).addBuildCommand},
  bench: {add: async () => (await import('./bench.ts')).addBenchCommand, needs: 'tensors'},
};

await main();

async function main(): Promise<void> {
  const {version, description} = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    version: string;
    description: string;
  };
  const program = new Command('snapgrid').description(description).version(version);
  const name = process.argv[2] ?? '';
  const chosen = Object.hasOwn(commands, name) ? [name] : Object.keys(commands);
  for (const command of chosen) (await commands[command]!.add())(program);
  adviseHelp(program, 'snapgrid');
  program.hook('preAction', async () => {
    if (commands[name]?.needs === 'tensors') await (await import('./setup/index.ts')).setUp('tensors');
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    // What a command throws is written for its user; the stack helps only who works on snapgrid.
    console.error(process.env['SNAPGRID_DEBUG'] ? error : error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/** After a mistake each command names its own help. */
function adviseHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(${words} --help lists the ${command.commands.length ? 'commands' : 'options'})`);
  for (const sub of command.commands) adviseHelp(sub, `${words} ${sub.name()}`);
}
