/** Does what may fail on a tensor's values, and names the tensor where it does. @throws RangeError with the reason as its cause */
export function inTensor<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new RangeError(`Tensor ${name}: ${(cause as Error).message}`, {cause});
  }
}
