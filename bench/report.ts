import {execFileSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {cpus, loadavg, totalmem} from 'node:os';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';

/** One figure: ours and the peers' values for it, in one unit. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** Whether more is better. */
  readonly more?: true;
  /** By product; undefined where it has no such thing, words where it failed. */
  readonly values: Readonly<Record<string, number | string | undefined>>;
}

export interface Report {
  readonly name: 'kernel' | 'grader' | 'start' | 'quant';
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly rows: readonly Row[];
  /** What is written with the rows and not shown. */
  readonly details?: object;
}

/** Of what failed, so much is shown. */
const shownOfFailure = 28;

/** Prints the table and writes bench/results/<date>-<name>.json. Ratios travel between machines; seconds do not. */
export function publish(report: Report): string {
  console.log(
    `\n${report.name}: medians of ${report.rounds} rounds, products in turns; ×: ours against the peer's, below 1 is better for us\n`,
  );
  console.log(table(report.rows));
  const folder = join(projectRoot, 'bench', 'results');
  mkdirSync(folder, {recursive: true});
  const file = join(folder, `${new Date().toISOString().slice(0, 10)}-${report.name}.json`);
  writeFileSync(file, `${JSON.stringify({date: new Date().toISOString(), machine: machine(), ...report}, null, 2)}\n`);
  console.log(`\n${file}`);
  return file;
}

/** Ours against a peer's, turned so that below 1 is better for us. */
export function ratio({values, more}: Row, peer: string): number | undefined {
  const ours = values['snapgrid'];
  const theirs = values[peer];
  if (!isFigure(ours) || !isFigure(theirs) || !ours || !theirs) return undefined;
  return more ? theirs / ours : ours / theirs;
}

export function medianOf(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of them lies, without interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (found === undefined) throw new Error('Expected at least one measurement, got none');
  return found;
}

function table(rows: readonly Row[]): string {
  const products = [...new Set(rows.flatMap(row => Object.keys(row.values)))];
  const lines = [
    ['', ...products],
    ...rows.map(row => [
      `${row.what}, ${row.unit}`,
      ...products.map(product => {
        const value = row.values[product];
        if (typeof value === 'string') return value.slice(0, shownOfFailure);
        const against = product === 'snapgrid' ? undefined : ratio(row, product);
        return isFigure(value) ? figure(value) + (against === undefined ? '' : ` (${figure(against)}×)`) : '–';
      }),
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)));
  return lines
    .map(line => line.map((cell, column) => (column ? cell.padStart(widths[column]! + 2) : cell.padEnd(widths[column]!))).join(''))
    .join('\n');
}

const isFigure = (value: number | string | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

function machine(): object {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    // What else ran meanwhile: above the number of cores, the figures say little.
    load: loadavg().map(value => Number(value.toFixed(2))),
    commit: commit(),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: projectRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
