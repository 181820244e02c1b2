import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {projectRoot} from '../project/root.ts';
import {gptqOf, layerSize, type Measurement, measurements} from './quant-measurements.ts';
import {drawCost} from './quant-picture.ts';
import {llamaCpp, quantPeers} from './peers.ts';
import {medianOf, publish, type Row} from './report.ts';

/** How many turns a measurement has in a round: what takes long has one. */
const turnsOf = ({isLong}: Measurement): number => (isLong ? 1 : 20);

/**
 * How many calls a turn has, ours or the peer's. The first after a pause finds nothing in the processor's caches, not even its own code: for what takes
 * less than a millisecond that is half of its time, and a step of training, which calls one after the other, has none of it.
 */
const callsOf = ({isLong}: Measurement): number => (isLong ? 1 : 10);
const gptqSizes = [256, 512, 1024, 2048, 4096];

/** What a call of ours and of the peer's took, by turns, in milliseconds of CPU. */
interface Times {
  readonly ours: number[];
  readonly peer: number[];
}

/**
 * `snapgrid bench quant`: the toolkit beside PyTorch, gguf-py, llama.cpp, bitsandbytes, on 2^20 floats and layers of 1024 × 1024. Ours and the peer
 * take turns of ten calls (what takes long: of one), each on one thread; what counts is the CPU's time, which other programs disturb least.
 */
export async function benchQuant(rounds: number): Promise<void> {
  process.env['SNAPGRID_THREADS'] ??= '1';
  const list = await measurements();
  const peers = startPeers();
  try {
    const rows = await measureAll(list, peers.ask, rounds);
    const cost = await measureGptq(peers.ask, rounds);
    const gptqRows = cost.flatMap(({size, times}) => rowsOf(`GPTQ, 4 bits in groups of 128, ${size} × ${size}`, 'PyTorch', times));
    const file = publish({name: 'quant', rounds, versions: peers.versions, rows: [...rows, ...gptqRows]});
    await drawCost(
      file.replace(/\.json$/, '-gptq.svg'),
      cost.flatMap(({size, times}) => [
        {product: 'snapgrid', size, seconds: Math.min(...times.ours) / 1000},
        {product: 'PyTorch', size, seconds: Math.min(...times.peer) / 1000},
      ]),
    );
  } finally {
    await peers.end();
  }
}

/** A measurement's milliseconds for each of some calls. */
type Ask = (name: string, calls: number) => Promise<number>;

async function measureAll(list: readonly Measurement[], ask: Ask, rounds: number): Promise<Row[]> {
  const all = list.map(measurement => ({measurement, times: {ours: [], peer: []} as Times}));
  for (let round = 1; round <= rounds; round++)
    for (const {measurement, times} of all) {
      process.stdout.write(`round ${round} of ${rounds}: ${measurement.what} …`);
      await takeTurns(measurement, ask, round === 1, times);
      console.log(` ${medianOf(times.ours).toFixed(3)} ms, ${measurement.peer} ${medianOf(times.peer).toFixed(3)} ms`);
    }
  return all.flatMap(({measurement: {what, peer}, times}) => rowsOf(what, peer, times));
}

/** GPTQ by the layer's size, larger ones once. */
async function measureGptq(ask: Ask, rounds: number): Promise<{readonly size: number; readonly times: Times}[]> {
  const cost = gptqSizes.map(size => ({size, times: {ours: [], peer: []} as Times}));
  for (const {size, times} of cost) {
    process.stdout.write(`GPTQ, ${size} × ${size} …`);
    const gptq = gptqOf(size);
    const isSmall = size <= layerSize;
    for (let turn = 0; turn < (isSmall ? rounds : 1); turn++) await takeTurns(gptq, ask, isSmall && turn === 0, times);
    console.log(` ${medianOf(times.ours).toFixed(0)} ms, PyTorch ${medianOf(times.peer).toFixed(0)} ms`);
  }
  return cost;
}

async function takeTurns(measurement: Measurement, ask: Ask, isFirst: boolean, times: Times): Promise<void> {
  const {name, run} = measurement;
  const calls = callsOf(measurement);
  // What is compiled, optimized or allocated at first is no part of it.
  for (let turn = 0; isFirst && turn < (measurement.isLong ? 5 : 30); turn++) {
    await ask(name, 1);
    await run();
  }
  for (let turn = 0; turn < turnsOf(measurement); turn++) {
    times.peer.push(await ask(name, calls));
    const start = process.cpuUsage();
    for (let call = 0; call < calls; call++) await run();
    const {user, system} = process.cpuUsage(start);
    times.ours.push((user + system) / 1000 / calls);
  }
}

function rowsOf(what: string, peer: string, times: Times): Row[] {
  return [
    {what: `${what}: median`, unit: 'ms', values: {snapgrid: medianOf(times.ours), [peer]: medianOf(times.peer)}},
    {what: `${what}: least`, unit: 'ms', values: {snapgrid: Math.min(...times.ours), [peer]: Math.min(...times.peer)}},
  ];
}

/** The program that runs the peers: asked for a measurement by name, it runs it so many times and gives the milliseconds of CPU for each. */
function startPeers(): {ask: Ask; end: () => Promise<void>; versions: Readonly<Record<string, string>>} {
  const {python, versions} = quantPeers();
  const {library, version: llamaCppVersion} = llamaCpp();
  const child = spawn(python, [join(projectRoot, 'bench', 'quant_peers.py'), existsSync(library) ? library : ''], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1'},
  });
  // A peer that has ended is told of by its missing line.
  child.stdin.on('error', () => {});
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const compared = ['torch', 'bitsandbytes', 'gguf'].map(name => [name, versions.get(name)!] as const);
  return {
    versions: {...Object.fromEntries(compared), 'llama.cpp': `node-llama-cpp ${llamaCppVersion}`},
    async ask(name, calls) {
      child.stdin.write(`${calls} ${name}\n`);
      const {value, done} = await lines.next();
      if (done) throw new Error(`Expected milliseconds for ${name} from bench/quant_peers.py, got its end; run it by hand to see why`);
      return Number(value);
    },
    async end() {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}
