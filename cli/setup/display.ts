import {SingleBar} from 'cli-progress';
import type {Display} from './step.ts';

/** A bar with a live line on a terminal; elsewhere one plain line per step. */
export function terminalDisplay(out: NodeJS.WriteStream = process.stderr): Display {
  return out.isTTY ? liveDisplay(out) : plainDisplay(out);
}

function plainDisplay(out: NodeJS.WriteStream): Display {
  return {
    begin(title) {
      const start = Date.now();
      out.write(`${title} …\n`);
      return {
        update: () => {},
        end: problem => void out.write(`  ${problem ? indent(problem) : `done in ${Math.round((Date.now() - start) / 1000)} s`}\n`),
      };
    },
  };
}

function liveDisplay(out: NodeJS.WriteStream): Display {
  return {
    begin(title) {
      const start = Date.now();
      const seconds = (): string => `${Math.round((Date.now() - start) / 1000)} s`;
      const format = `{mark} ${title}  {bar} {detail}`;
      const bar = new SingleBar({
        format,
        stream: out,
        barsize: 20,
        hideCursor: true,
        barCompleteChar: '━',
        barIncompleteChar: '─',
        linewrap: false,
        clearOnComplete: true,
      });
      let last = '';
      let fraction = 0;
      const show = (): void => bar.update(fraction, {mark: '·', detail: last ? `${last}, ${seconds()}` : seconds()});
      bar.start(1, 0, {mark: '·', detail: ''});
      const timer = setInterval(show, 500);
      return {
        update(detail, newFraction) {
          last = detail;
          fraction = newFraction ?? fraction;
          show();
        },
        end(problem) {
          clearInterval(timer);
          bar.stop();
          out.write(problem ? `✗ ${title}\n  ${indent(problem)}\n` : `✓ ${title} (${seconds()})\n`);
        },
      };
    },
  };
}

function indent(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n  ');
}
