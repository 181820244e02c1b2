/** How many elements a tensor of this shape has. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** As many as the shape has elements. @throws RangeError where there are not as many values, or the shape is none */
export function expectValues(values: ArrayLike<number>, shape: readonly number[]): number {
  if (!shape.every(n => Number.isInteger(n) && n >= 0))
    throw new RangeError(`Expected a shape of whole numbers from 0 on, got [${shape.join(', ')}]`);
  const elements = countElements(shape);
  if (values.length !== elements) throw new RangeError(`Expected ${elements} values for shape [${shape.join(', ')}], got ${values.length}`);
  return elements;
}
