/** How many elements a tensor of this shape has. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** As many as the shape has elements. @throws RangeError where there are not as many values */
export function expectValues(values: ArrayLike<number>, shape: readonly number[]): number {
  const elements = countElements(shape);
  if (values.length !== elements) throw new RangeError(`Expected ${elements} values for shape [${shape.join(', ')}], got ${values.length}`);
  return elements;
}
