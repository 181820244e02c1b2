import cliProgress from 'cli-progress';
import type {Progress} from '../grader/grade.ts';

/** In a log, where lines stay. */
const lineEveryMs = 5000;

/** A bar on stderr with throughput, remaining time and counts of verdicts; where stderr is no terminal a line now and then, after something was done; silent for one notebook. */
export function gradingProgress(silent: boolean): {step: (progress: Progress) => void; stop: () => void} {
  if (silent) return {step: () => undefined, stop: () => undefined};
  const show = process.stderr.isTTY ? bar() : lines();
  const started = performance.now();
  const counts = new Map<string, number>();
  let graded = 0;
  let done = 0;
  return {
    // Those that run at once may be told in another order than they were done.
    step: ({total, result, reused}) => {
      done++;
      const verdict =
        result.status === 'not graded' ? 'not graded' : result.points === result.max ? 'with full points' : 'with points lost';
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (!reused) graded++;
      const perSecond = graded / ((performance.now() - started) / 1000);
      show.step(done, total, {
        // Taken over from an earlier run, they say nothing of what is to come.
        rate: graded ? `${(perSecond * 60).toFixed(0)} a minute · ${words((total - done) / perSecond)} left` : 'graded before',
        verdicts: [...counts].map(([name, count]) => `${count} ${name}`).join(', '),
      });
    },
    stop: show.stop,
  };
}

interface Payload {
  readonly rate: string;
  readonly verdicts: string;
}
interface Shown {
  readonly step: (done: number, total: number, payload: Payload) => void;
  readonly stop: () => void;
}

function bar(): Shown {
  const single = new cliProgress.SingleBar(
    {format: '{bar} {value}/{total} · {rate} · {verdicts}', stream: process.stderr, hideCursor: true},
    cliProgress.Presets.shades_classic,
  );
  let running = false;
  return {
    step: (done, total, payload) => {
      if (!running) single.start(total, done, payload);
      running = true;
      single.update(done, payload);
    },
    stop: () => {
      if (running) single.stop();
    },
  };
}

function lines(): Shown {
  let last = -Infinity;
  return {
    step: (done, total, {rate, verdicts}) => {
      if (done < total && performance.now() - last < lineEveryMs) return;
      last = performance.now();
      process.stderr.write(`${done}/${total} · ${rate} · ${verdicts}\n`);
    },
    stop: () => undefined,
  };
}

function words(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
