import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {SingleBar} from 'cli-progress';
import {type Command, InvalidArgumentError} from 'commander';
import {loadBackend} from '../backend/index.ts';
import {type CheckMargins, findLessons, lessonFolder, loadMaterial, measureMargins} from '../exercises/build/index.ts';

/** `snapgrid calibrate`: measures every right and wrong answer over many seeds and writes each lesson's margins.json. */
export function addCalibrateCommand(program: Command): void {
  program
    .command('calibrate')
    .argument('[lesson]', 'its number or folder; all lessons where none is given')
    .option('--seeds <n>', 'how many seeds', positive, 100)
    .description('measure the margins of every threshold and write them beside the lesson')
    .action(async (wanted: string | undefined, {seeds}: {seeds: number}) => {
      const {tf, description} = await loadBackend();
      console.log(`Tensors: ${description}`);
      for (const slug of findLessons(wanted)) await calibrate(slug, seeds, tf);
    });
}

async function calibrate(slug: string, seeds: number, tf: unknown): Promise<void> {
  console.log(slug);
  const bar = new SingleBar({format: '  {bar} {value} of {total} seeds · {eta_formatted} left', hideCursor: true});
  bar.start(seeds, 0);
  const {margins, problems} = await measureMargins(await loadMaterial(slug, tf), seeds, () => bar.increment()).finally(() => bar.stop());
  for (const check of margins.checks) console.log(`  ${line(check)}`);
  if (problems.length > 0) {
    for (const problem of problems) console.log(`  ✗ ${problem}`);
    console.log('  margins.json is not written: change the check or its inputs until right and wrong answers are apart');
    process.exitCode = 1;
    return;
  }
  writeFileSync(join(lessonFolder(slug), 'margins.json'), `${JSON.stringify(margins, null, 2)}\n`);
  console.log('  wrote margins.json');
}

function line({task, check, comparison, threshold, unit, worstRight, bestWrong, wrongAnswers}: CheckMargins): string {
  const wrong = bestWrong === null ? 'refused before measuring' : Number(bestWrong.toPrecision(4));
  return `${task} · ${check}: worst right ${Number(worstRight.toPrecision(4))} · ${comparison} ${threshold} · best of ${wrongAnswers} wrong ${wrong} ${unit}`;
}

function positive(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return n;
}
