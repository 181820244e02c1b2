import {type Shown, shown} from '../../checking/notebook.ts';
import {type Hardware, hardware} from '../../quant/plan/hardware.ts';
import {float16Weights, int4Weights, int8Weights, kvCacheBytes, weightBytes} from '../../quant/plan/memory.ts';
import {countParameters, type ModelShape, modelShapes} from '../../quant/plan/shape.ts';

const [width, rowHeight, barHeight, left, right] = [640, 44, 26, 64, 24];
const blue = 'var(--jp-brand-color1, light-dark(#1565c0, #64b5f6))';
const orange = 'var(--jp-warn-color1, light-dark(#c25100, #ffb74d))';
const red = 'var(--jp-error-color1, light-dark(#b71c1c, #ef9a9a))';
const faint = 'var(--jp-ui-font-color2, light-dark(#666, #aaa))';

const formats = {16: float16Weights, 8: int8Weights, 4: int4Weights} as const;
/** What vLLM leaves of each card for driver and runtime by default. */
const overheadShare = 0.1;
/** What the plan of this lesson must reach, tokens a second for each user. */
const wanted = 30;

/** Bytes on each device, and what follows from them. */
interface Numbers {
  readonly weights: number;
  readonly kvCache: number;
  readonly overhead: number;
  readonly total: number;
  readonly capacity: number;
  readonly largest: number;
  readonly perUser: number;
  readonly bound: 'memory' | 'compute';
}

/** A serving plan as a picture: the memory of each GPU against what it holds, the most tokens a second by the roofline, and the largest batch. */
export function planner(
  model: keyof typeof modelShapes,
  gpu: keyof typeof hardware,
  gpus: number,
  weightBits: keyof typeof formats,
  kvBits: number,
  context: number,
  batch: number,
): Shown {
  const shape = modelShapes[model];
  const device = hardware[gpu];
  const numbers = numbersOf(shape, device, gpus, weightBits, kvBits, context, batch);
  const {total, capacity, largest, perUser, bound} = numbers;
  const verdict =
    total <= capacity
      ? `✓ fits: ${gigabytes(total)} of ${gigabytes(capacity)} GB on each GPU`
      : `✗ does not fit: ${gigabytes(total)} GB for each GPU of ${gigabytes(capacity)} GB`;
  const speed =
    total <= capacity
      ? `at most ${tidy(perUser)} tokens/s for each user, ${tidy(perUser * batch)} for all · ${perUser >= wanted ? '✓ 30 can be reached' : '✗ 30 cannot be reached'} · waits for ${bound === 'memory' ? 'the memory' : 'the arithmetic'}`
      : 'no tokens at all';
  const most = `largest batch: ${largest.toLocaleString('en')} ${largest === 1 ? 'user' : 'users'}`;
  return shown({
    'text/plain': `${verdict}\n${speed}\n${most}`,
    'text/html':
      `<div style="max-width:${width}px"><div style="font-size:1.15em;font-weight:600">${verdict}</div>` +
      `<div style="font-variant-numeric:tabular-nums">${speed}</div><div>${most}</div>${bars(numbers, gpus)}` +
      `<div>${legend(numbers)
        .map(part => `<span style="display:inline-block;margin-right:1.2em">${part}</span>`)
        .join('')}</div></div>`,
  });
}

function numbersOf(
  shape: ModelShape,
  device: Hardware,
  gpus: number,
  weightBits: keyof typeof formats,
  kvBits: number,
  tokens: number,
  batch: number,
): Numbers {
  const weights = weightBytes(shape, formats[weightBits]) / gpus;
  const one = kvCacheBytes(shape, {tokens, bits: kvBits}) / gpus;
  const kvCache = one * batch;
  const capacity = device.memoryBytes;
  const overhead = overheadShare * capacity;
  const memory = (weights + kvCache) / device.bytesPerSecond;
  const compute = (2 * countParameters(shape).total * batch) / (gpus * device.flops);
  return {
    weights,
    kvCache,
    overhead,
    total: weights + kvCache + overhead,
    capacity,
    largest: Math.max(0, Math.floor((capacity - weights - overhead) / one)),
    perUser: 1 / Math.max(memory, compute),
    bound: memory >= compute ? 'memory' : 'compute',
  };
}

/** A bar for each GPU: overhead outlined, weights filled, cache striped; the frame is what the GPU holds. */
function bars({weights, overhead, total, capacity}: Numbers, gpus: number): string {
  const scale = (width - left - right) / Math.max(total, capacity);
  const end = left + capacity * scale;
  const rows = Array.from({length: gpus}, (_, i) => {
    const y = 26 + i * rowHeight;
    const [x1, x2, x3] = [left + overhead * scale, left + (overhead + weights) * scale, left + total * scale];
    const over =
      x3 > end + 0.5
        ? `<rect x="${px(end)}" y="${y - 4}" width="${px(x3 - end)}" height="${barHeight + 8}" fill="${red}" fill-opacity=".25" stroke="${red}" stroke-width="2" stroke-dasharray="5 3"/>`
        : '';
    return (
      `<text x="${left - 8}" y="${y + 18}" text-anchor="end" fill="currentColor">GPU ${i + 1}</text>` +
      `<rect x="${left}" y="${y}" width="${px(x1 - left)}" height="${barHeight}" fill="${faint}" fill-opacity=".25" stroke="${faint}" stroke-dasharray="2 2"/>` +
      `<rect x="${px(x1)}" y="${y}" width="${px(x2 - x1)}" height="${barHeight}" fill="${blue}"/>` +
      `<rect x="${px(x2)}" y="${y}" width="${px(x3 - x2)}" height="${barHeight}" fill="${orange}" fill-opacity=".25"/>` +
      `<path d="${stripes(x2, x3, y)}" stroke="${orange}" stroke-width="2.5"/>${over}` +
      `<rect x="${left}" y="${y - 4}" width="${px(end - left)}" height="${barHeight + 8}" fill="none" stroke="currentColor" stroke-width="2"/>`
    );
  });
  const height = 26 + gpus * rowHeight;
  const said = `Memory of ${gpus === 1 ? 'the GPU' : `each of ${gpus} GPUs`}: ${gigabytes(total)} GB are needed, ${gigabytes(capacity)} GB are there`;
  return (
    `<svg role="img" aria-label="${said}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `style="max-width:100%;height:auto;display:block;font:15px system-ui,sans-serif">` +
    `<text x="${px(end)}" y="14" text-anchor="end" fill="currentColor">the frame: ${gigabytes(capacity)} GB</text>${rows.join('')}</svg>`
  );
}

const stripes = (from: number, to: number, y: number): string =>
  Array.from({length: Math.ceil((to - from) / 6)}, (_, i) => `M${px(from + 1.5 + i * 6)} ${y}v${barHeight}`).join('');

function legend({weights, kvCache, overhead}: Numbers): string[] {
  const swatch = (colour: string, sign: string): string => `<span aria-hidden="true" style="color:${colour}">${sign}</span>`;
  return [
    `${swatch(faint, '▢')} overhead ${gigabytes(overhead)} GB`,
    `${swatch(blue, '■')} weights ${gigabytes(weights)} GB`,
    `${swatch(orange, '▥')} KV cache ${gigabytes(kvCache)} GB`,
  ];
}

const px = (value: number): number => Math.round(value * 10) / 10;
const gigabytes = (bytes: number): string => tidy(bytes / 1e9);
const tidy = (value: number): string => (value >= 1000 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en');
