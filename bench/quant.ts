import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {loadBackend} from '../backend/index.ts';
import {Draw} from '../data/draw.ts';
import {projectRoot} from '../project/root.ts';
import {
  fakeQuantize,
  fakeQuantTensorFlow,
  ggmlType,
  gptq,
  HessianObserver,
  qint4,
  quantizeBlockWise,
  quantizeGgml,
} from '../quant/index.ts';
import {peerVersions, pythonWith} from './peers.ts';
import {medianOf, publish} from './report.ts';

const million = 2 ** 20;
const size = 1024;

/** What is measured: ours, and the peer's measurement of the same name. */
interface Measurement {
  readonly what: string;
  readonly peer: string;
  readonly name: string;
  readonly run: () => void;
  /** How often in a row, of which the median counts. */
  readonly repeat: number;
}

/** `snapgrid bench quant`: the toolkit beside PyTorch, gguf-py and bitsandbytes, in turns, on 2^20 floats and a layer of 1024 × 1024. */
export async function benchQuant(rounds: number): Promise<void> {
  const {torch, bitsandbytes, gguf} = peerVersions;
  const python = pythonWith('quant', [`torch==${torch}`, `bitsandbytes==${bitsandbytes}`, `gguf==${gguf}`, 'numpy']);
  const child = spawn(python, [join(projectRoot, 'bench', 'quant_peers.py')], {stdio: ['pipe', 'pipe', 'ignore']});
  // A peer that has ended is told of by its missing line.
  child.stdin.on('error', () => {});
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const askPeer = async (name: string): Promise<number> => {
    child.stdin.write(`${name}\n`);
    const {value, done} = await lines.next();
    if (done) throw new Error(`Expected milliseconds for ${name} from bench/quant_peers.py, got its end; run it by hand to see why`);
    return Number(value);
  };
  const list = await measurements();
  const ours = new Map<string, number[]>(list.map(({what}) => [what, []]));
  const peers = new Map<string, number[]>(list.map(({what}) => [what, []]));
  for (let round = 1; round <= rounds; round++)
    for (const {what, name, run, repeat} of list) {
      process.stdout.write(`round ${round} of ${rounds}: ${what} …`);
      peers.get(what)!.push(await askPeer(name));
      run();
      ours.get(what)!.push(medianOf(Array.from({length: repeat}, () => timed(run))));
      console.log(` ${ours.get(what)!.at(-1)!.toFixed(2)} ms, peer ${peers.get(what)!.at(-1)!.toFixed(2)} ms`);
    }
  child.stdin.end();
  await once(child, 'close');
  const rows = list.map(({what, peer}) => ({
    what,
    unit: 'ms',
    values: {snapgrid: medianOf(ours.get(what)!), [peer]: medianOf(peers.get(what)!)},
  }));
  publish({name: 'quant', rounds, versions: {torch, bitsandbytes, gguf}, rows});
}

async function measurements(): Promise<Measurement[]> {
  const {tf} = await loadBackend();
  const draw = new Draw('bench quant');
  const values = Float32Array.from({length: million}, () => draw.normal());
  const x = tf.tensor1d(values);
  const dy = tf.tensor1d(values);
  const [min, max] = [tf.scalar(-2.56), tf.scalar(2.54)];
  const grid = {scale: 0.02, zeroPoint: 0, qmin: -128, qmax: 127};
  const snap = (x: typeof dy): typeof dy => fakeQuantize(x, grid);
  const snapTensorFlow = (x: typeof dy): typeof dy => fakeQuantTensorFlow(x, min, max);
  const gradient = tf.grad(snap as Parameters<typeof tf.grad>[0]);
  const gradientTensorFlow = tf.grad(snapTensorFlow as Parameters<typeof tf.grad>[0]);
  const weights = {outputs: size, inputs: size, data: Float32Array.from({length: size * size}, () => draw.normal())};
  const observer = new HessianObserver(size);
  observer.observe(Float32Array.from({length: 2 * size * size}, (_, i) => draw.normal() + ((i % size) % 7) * 0.05));
  const hessian = observer.hessian();
  const [forward, both] = ['fake-quant forward', 'fake-quant forward and backward'];
  const often = {repeat: 20};
  return [
    {what: forward, peer: 'PyTorch', name: forward, run: () => snap(x).dispose(), ...often},
    {what: both, peer: 'PyTorch', name: both, run: () => gradient(x, dy).dispose(), ...often},
    {what: `${forward}, TensorFlow's meaning`, peer: 'PyTorch', name: forward, run: () => snapTensorFlow(x).dispose(), ...often},
    {what: `${both}, TensorFlow's meaning`, peer: 'PyTorch', name: both, run: () => gradientTensorFlow(x, dy).dispose(), ...often},
    {what: 'Q8_0', peer: 'gguf-py', name: 'Q8_0', run: () => void quantizeGgml(values, size, ggmlType('Q8_0')), ...often},
    {what: 'Q4_0', peer: 'gguf-py', name: 'Q4_0', run: () => void quantizeGgml(values, size, ggmlType('Q4_0')), ...often},
    {what: 'NF4 in blocks of 64', peer: 'bitsandbytes', name: 'NF4', run: () => void quantizeBlockWise(values, [million]), ...often},
    {
      what: 'GPTQ, 4 bits in groups of 128, 1024 × 1024',
      peer: 'PyTorch',
      name: 'GPTQ',
      run: () => void gptq(weights, hessian, {qtype: qint4, scheme: 'symmetric', groupSize: 128}),
      repeat: 1,
    },
  ];
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
