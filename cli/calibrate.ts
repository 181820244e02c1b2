import {fork} from 'node:child_process';
import {appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {SingleBar} from 'cli-progress';
import {type Command} from 'commander';
import {loadBackend} from '../backend/index.ts';
import {
  type Candidate,
  type CheckMargins,
  type Course,
  loadMaterial,
  marginsFrom,
  measuredCandidates,
  openCourse,
  type SeedMeasurements,
} from '../exercises/build/index.ts';
import {cacheFolder} from './cache-folder.ts';
import {courseOption, someLessons} from './course-option.ts';
import {wholeNumber} from './whole-number.ts';

/** `snapgrid calibrate`: measures every right and wrong answer over many seeds and writes each lesson's margins.json. */
export function addCalibrateCommand(program: Command): void {
  program
    .command('calibrate')
    .argument('[lesson]', 'its number or folder; all lessons where none is given')
    .option('--seeds <n>', 'how many seeds', wholeNumber, 100)
    .addOption(courseOption())
    .description('measure the margins of every threshold and write them beside the lesson; stopped and run again, it goes on')
    .action(async (wanted: string | undefined, flags: {seeds: number; course?: string}) => {
      const {tf} = await loadBackend();
      const course = openCourse(flags.course);
      for (const slug of someLessons(course, wanted)) await calibrate(course, slug, flags.seeds, tf);
    });
}

async function calibrate(course: Course, slug: string, seeds: number, tf: unknown): Promise<void> {
  const material = await loadMaterial(course, slug, tf);
  // The judge computes with the lesson's own: other sums would give other margins.
  const backend = process.env['SNAPGRID_BACKEND'] || material.parsed.manifest.backend;
  console.log(`${slug} (tensors: ${backend})`);
  const folder = join(cacheFolder, 'calibration', slug, backend);
  const kept = measuredCandidates(material).map(candidate => new KeptSeeds(candidate, folder));
  const missing = kept.flatMap((one, index) =>
    Array.from({length: seeds}, (_, seed): Job => [index, seed]).filter(([, seed]) => !one.seeds.has(seed)),
  );
  const bar = new SingleBar({format: '  {bar} {value} of {total} solutions × seeds · {eta_formatted} left', hideCursor: true});
  bar.start(kept.length * seeds, kept.length * seeds - missing.length);
  await measure([course.root, slug], backend, missing, (index, measured) => {
    kept[index]!.add(measured);
    bar.increment();
  }).finally(() => bar.stop());
  const measured = new Map(kept.map(({candidate, seeds: all}) => [candidate, [...all.values()].filter(({seed}) => seed < seeds)]));
  const {margins, problems} = marginsFrom(material, seeds, measured);
  for (const check of margins.checks) console.log(`  ${line(check)}`);
  if (problems.length > 0) {
    for (const problem of problems) console.log(`  ✗ ${problem}`);
    console.log('  margins.json is not written: change the check or its inputs until right and wrong answers are apart');
    process.exitCode = 1;
    return;
  }
  writeFileSync(join(material.folder, 'margins.json'), `${JSON.stringify(margins, null, 2)}\n`);
  console.log('  wrote margins.json');
}

/** A solution's number and a seed. */
type Job = [index: number, seed: number];

/** Measures in as many processes as there are cores, one thread each: the same numbers whatever the machine. */
async function measure(
  lesson: readonly [course: string, slug: string],
  backend: string,
  jobs: readonly Job[],
  done: (index: number, measured: SeedMeasurements) => void,
): Promise<void> {
  const queue = [...jobs];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = fork(new URL('calibration-worker.js', import.meta.url), lesson, {
        env: {...process.env, SNAPGRID_BACKEND: backend, SNAPGRID_THREADS: '1'},
      });
      let job: Job | undefined;
      worker.on('message', (message: 'ready' | SeedMeasurements) => {
        if (message !== 'ready') done(job![0], message);
        job = queue.shift();
        if (job) worker.send(job);
        else worker.disconnect();
      });
      worker.on('error', reject);
      worker.on('exit', code =>
        code === 0 ? resolve() : reject(new Error(`Expected measurements, got the end of their process (${code}); run it again`)),
      );
    });
  await Promise.all(Array.from({length: Math.min(availableParallelism(), queue.length)}, work));
}

/** The seeds that a solution was measured on already, one a line, in the project's cache: what did not change is not measured again. */
class KeptSeeds {
  readonly seeds = new Map<number, SeedMeasurements>();
  private readonly file: string;

  constructor(
    readonly candidate: Candidate,
    folder: string,
  ) {
    mkdirSync(folder, {recursive: true});
    this.file = join(folder, `${candidate.key.slice(0, 32)}.jsonl`);
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
