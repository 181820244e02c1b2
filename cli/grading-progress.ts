import cliProgress from 'cli-progress';
import type {Progress} from '../grader/grade.ts';

/** A bar on stderr with throughput, remaining time and counts of verdicts; plain lines where stderr is no terminal; silent for one notebook. */
export function gradingProgress(silent: boolean): {step: (progress: Progress) => void; stop: () => void} {
  if (silent) return {step: () => undefined, stop: () => undefined};
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {value}/{total} · {rate} · {left} left · {verdicts}',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  );
  const started = performance.now();
  const counts = new Map<string, number>();
  let graded = 0;
  let running = false;
  return {
    step: ({done, total, result, reused}) => {
      const verdict = result.status === 'not graded' ? 'not graded' : result.points === result.max ? 'full points' : 'with points lost';
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (!reused) graded++;
      const perSecond = graded / ((performance.now() - started) / 1000);
      const payload = {
        rate: `${(perSecond * 60).toFixed(0)} a minute`,
        left: graded ? words((total - done) / perSecond) : '?',
        verdicts: [...counts].map(([name, count]) => `${count} ${name}`).join(', '),
      };
      if (!running) bar.start(total, done, payload);
      running = true;
      bar.update(done, payload);
    },
    stop: () => {
      if (running) bar.stop();
    },
  };
}

function words(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
