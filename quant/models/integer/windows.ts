/** How a window moves over height and width. */
export interface WindowGeometry {
  readonly size: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
  readonly dilation: readonly [height: number, width: number];
  readonly padding: 'same' | 'valid';
}

/** One axis of a moving window: how many places it has, and how far the first begins before the data. */
export interface WindowAxis {
  readonly places: number;
  readonly before: number;
}

/** TensorFlow's rule: `same` has ⌈length / stride⌉ places and pads the odd element at the end. */
export function windowAxis(length: number, axis: 0 | 1, {size, strides, dilation, padding}: WindowGeometry): WindowAxis {
  const reach = (size[axis] - 1) * dilation[axis] + 1;
  if (padding === 'valid') return {places: Math.max(0, Math.ceil((length - reach + 1) / strides[axis])), before: 0};
  const places = Math.ceil(length / strides[axis]);
  return {places, before: Math.floor(Math.max(0, (places - 1) * strides[axis] + reach - length) / 2)};
}

/** How many windows data of shape [batch, height, width, …] has. */
export function windowPlaces(
  [batch, height, width]: readonly number[],
  geometry: WindowGeometry,
): [batch: number, height: number, width: number] {
  return [batch!, windowAxis(height!, 0, geometry).places, windowAxis(width!, 1, geometry).places];
}

/** Calls `visit` with the offsets of every element of each window that lies within the data: the window's and the element's, in units of channels. */
export function forEachInWindows(
  [batch, height, width]: readonly number[],
  geometry: WindowGeometry,
  visit: (window: number, element: number, tap: number) => void,
): void {
  const [down, across] = [windowAxis(height!, 0, geometry), windowAxis(width!, 1, geometry)];
  const {size, strides, dilation} = geometry;
  let window = 0;
  for (let n = 0; n < batch!; n++)
    for (let row = 0; row < down.places; row++)
      for (let column = 0; column < across.places; column++, window++)
        for (let i = 0; i < size[0]; i++) {
          const y = row * strides[0] - down.before + i * dilation[0];
          if (y < 0 || y >= height!) continue;
          for (let j = 0; j < size[1]; j++) {
            const x = column * strides[1] - across.before + j * dilation[1];
            if (x >= 0 && x < width!) visit(window, (n * height! + y) * width! + x, i * size[1] + j);
          }
        }
}
