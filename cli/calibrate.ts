import {fork} from 'node:child_process';
import {appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {SingleBar} from 'cli-progress';
import {type Command, InvalidArgumentError} from 'commander';
import {loadBackend} from '../backend/index.ts';
import {
  type CheckMargins,
  findLessons,
  lessonFolder,
  loadMaterial,
  marginsFrom,
  materialHash,
  type SeedMeasurements,
} from '../exercises/build/index.ts';
import {cacheFolder} from './project.ts';

/** `snapgrid calibrate`: measures every right and wrong answer over many seeds and writes each lesson's margins.json. */
export function addCalibrateCommand(program: Command): void {
  program
    .command('calibrate')
    .argument('[lesson]', 'its number or folder; all lessons where none is given')
    .option('--seeds <n>', 'how many seeds', positive, 100)
    .description('measure the margins of every threshold and write them beside the lesson; stopped and run again, it goes on')
    .action(async (wanted: string | undefined, {seeds}: {seeds: number}) => {
      const {tf, description} = await loadBackend();
      console.log(`Tensors: ${description}`);
      for (const slug of findLessons(wanted)) await calibrate(slug, seeds, tf);
    });
}

async function calibrate(slug: string, seeds: number, tf: unknown): Promise<void> {
  console.log(slug);
  const material = await loadMaterial(slug, tf);
  const kept = new KeptSeeds(`${slug}-${materialHash(material).slice(0, 16)}`);
  const bar = new SingleBar({format: '  {bar} {value} of {total} seeds · {eta_formatted} left', hideCursor: true});
  const missing = Array.from({length: seeds}, (_, seed) => seed).filter(seed => !kept.seeds.has(seed));
  bar.start(seeds, seeds - missing.length);
  await measureSeeds(slug, missing, measured => {
    kept.add(measured);
    bar.increment();
  }).finally(() => bar.stop());
  const {margins, problems} = marginsFrom(
    material,
    [...kept.seeds.values()].filter(({seed}) => seed < seeds).sort((a, b) => a.seed - b.seed),
  );
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

/** Measures seeds in as many processes as there are cores, one thread each: the same numbers whatever the machine. */
async function measureSeeds(slug: string, seeds: readonly number[], done: (measured: SeedMeasurements) => void): Promise<void> {
  const queue = [...seeds];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = fork(new URL('calibration-worker.js', import.meta.url), [slug], {env: {...process.env, SNAPGRID_THREADS: '1'}});
      worker.on('message', (message: 'ready' | SeedMeasurements) => {
        if (message !== 'ready') done(message);
        const seed = queue.shift();
        if (seed === undefined) worker.disconnect();
        else worker.send(seed);
      });
      worker.on('error', reject);
      worker.on('exit', code =>
        code === 0 ? resolve() : reject(new Error(`Expected a seed's measurements, got the end of its process (${code}); run it again`)),
      );
    });
  await Promise.all(Array.from({length: Math.min(availableParallelism(), queue.length)}, work));
}

/** The seeds that were measured already on the same checks and solutions, one a line, in the project's cache. */
class KeptSeeds {
  readonly seeds = new Map<number, SeedMeasurements>();
  private readonly file: string;

  constructor(name: string) {
    const folder = join(cacheFolder, 'calibration');
    mkdirSync(folder, {recursive: true});
    this.file = join(folder, `${name}.jsonl`);
    // A last line without its end was cut off by a kill.
    const lines = existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n').slice(0, -1) : [];
    writeFileSync(this.file, lines.map(text => `${text}\n`).join(''));
    for (const text of lines) this.keep(JSON.parse(text) as SeedMeasurements);
  }

  add(measured: SeedMeasurements): void {
    appendFileSync(this.file, `${JSON.stringify(measured)}\n`);
    this.keep(measured);
  }

  private keep(measured: SeedMeasurements): void {
    this.seeds.set(measured.seed, measured);
  }
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
