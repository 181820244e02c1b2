import type {TensorData} from '../session/wire/plain.ts';
import {Draw} from './draw.ts';
import {type Point, strokes} from './strokes.ts';

/** Images are `side` × `side` pixels. */
export const side = 16;
export const pixels = side * side;
export const classes = 10;

/** Images with their labels: row i of `images` shows the digit `labels[i]`. */
export interface Digits {
  /** [n, 256], 0 (paper) to 1 (ink), row-major from the top left. */
  readonly images: TensorData;
  readonly labels: Int32Array;
}

/**
 * Draws `count` handwritten-looking digits, 16×16 pixels, every class equally often, in random order.
 * The same seed gives the same images on every machine; two seeds share nothing.
 */
export function digits(count: number, seed: string): Digits {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`Expected a whole number of images, got ${count}`);
  const draw = new Draw(`digits/${seed}`);
  const labels = Int32Array.from(draw.shuffle(Array.from({length: count}, (_, i) => i % classes)));
  const data = new Float32Array(count * pixels);
  labels.forEach((label, i) => drawDigit(label, draw, data.subarray(i * pixels, (i + 1) * pixels)));
  return {images: {dtype: 'float32', shape: [count, pixels], data}, labels};
}

/** The first `count` rows, and the rest: digits come shuffled, so this is a fair split. */
export function split({images, labels}: Digits, count: number): [first: Digits, rest: Digits] {
  const rows = (from: number, to: number): Digits => ({
    images: {dtype: 'float32', shape: [to - from, pixels], data: images.data.slice(from * pixels, to * pixels)},
    labels: labels.slice(from, to),
  });
  return [rows(0, count), rows(count, labels.length)];
}

/** Writes one digit into `image` [256]: its strokes, bent and moved as a hand would, in uneven ink on noisy paper. */
function drawDigit(label: number, draw: Draw, image: Float32Array): void {
  const place = placement(draw);
  const thickness = draw.uniform(0.4, 1.05);
  const ink = draw.uniform(0.75, 1);
  const wobble = (): number => draw.normal(0, 0.022);
  for (const stroke of strokes[label]!) {
    const points = stroke.map(([x, y]) => place([x + wobble(), y + wobble()]));
    for (let i = 1; i < points.length; i++) drawSegment(points[i - 1]!, points[i]!, thickness, ink, image);
  }
  for (let i = 0; i < pixels; i++) image[i] = Math.min(1, Math.max(0, image[i]! + draw.normal(0, 0.15)));
}

/** A random turn, slant, size and shift, from the unit square to pixels. */
function placement(draw: Draw): (point: Point) => Point {
  const turn = draw.normal(0, 0.1);
  const slant = draw.normal(0, 0.12);
  const [width, height] = [draw.uniform(8.5, 11.5), draw.uniform(10, 13)];
  const [centerX, centerY] = [side / 2 + draw.normal(0, 0.75), side / 2 + draw.normal(0, 0.75)];
  return ([x, y]) => {
    const [u, v] = [(x - 0.5 - slant * (y - 0.5)) * width, (y - 0.5) * height];
    return [centerX + u * Math.cos(turn) - v * Math.sin(turn), centerY + u * Math.sin(turn) + v * Math.cos(turn)];
  };
}

/** Inks every pixel by its distance to the segment from `a` to `b`, with a soft edge one pixel wide; ink does not add up where strokes cross. */
function drawSegment([ax, ay]: Point, [bx, by]: Point, thickness: number, ink: number, image: Float32Array): void {
  const reach = thickness + 0.5;
  const [dx, dy] = [bx - ax, by - ay];
  const squaredLength = dx * dx + dy * dy;
  const columns = [Math.max(0, Math.floor(Math.min(ax, bx) - reach)), Math.min(side - 1, Math.ceil(Math.max(ax, bx) + reach))] as const;
  const rows = [Math.max(0, Math.floor(Math.min(ay, by) - reach)), Math.min(side - 1, Math.ceil(Math.max(ay, by) + reach))] as const;
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let column = columns[0]; column <= columns[1]; column++) {
      const [px, py] = [column + 0.5 - ax, row + 0.5 - ay];
      const along = squaredLength === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squaredLength));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const value = ink * Math.min(1, Math.max(0, reach - distance));
      const index = row * side + column;
      if (value > image[index]!) image[index] = value;
    }
  }
}
