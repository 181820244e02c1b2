const none = Symbol('none');

interface Disposable {
  readonly value: unknown;
  readonly method: ((this: unknown) => unknown) | undefined;
  readonly isAsync: boolean;
}

/** What `using` and `await using` declared in one block, or in one cell: disposed of in reverse, whatever was thrown. */
export class Disposables {
  /** What the block threw. */
  e: unknown = none;
  private readonly held: Disposable[] = [];

  /** `using x = value` */
  u<T>(value: T): T {
    return this.hold(value, false);
  }

  /** `await using x = value` */
  a<T>(value: T): T {
    return this.hold(value, true);
  }

  get empty(): boolean {
    return !this.held.length;
  }

  /** Disposes of all. @throws what the block or a disposal threw; a SuppressedError for two */
  d(): void | Promise<void> {
    if (this.held.some(({isAsync}) => isAsync)) return this.disposeAwaiting();
    for (let each = this.held.pop(); each; each = this.held.pop())
      try {
        each.method?.call(each.value);
      } catch (error) {
        this.failed(error);
      }
    this.rethrow();
  }

  private async disposeAwaiting(): Promise<void> {
    for (let each = this.held.pop(); each; each = this.held.pop())
      try {
        const disposed = each.method?.call(each.value);
        if (each.isAsync) await disposed;
      } catch (error) {
        this.failed(error);
      }
    this.rethrow();
  }

  private hold<T>(value: T, isAsync: boolean): T {
    if (value === null || value === undefined) {
      if (isAsync) this.held.push({value, method: undefined, isAsync});
      return value;
    }
    const found: unknown =
      (isAsync ? Reflect.get(Object(value), Symbol.asyncDispose) : undefined) ?? Reflect.get(Object(value), Symbol.dispose);
    if (typeof found !== 'function')
      throw new TypeError(
        `Expected a value with a method [Symbol.${isAsync ? 'asyncDispose' : 'dispose'}] for '${isAsync ? 'await ' : ''}using', got one without.`,
      );
    this.held.push({value, method: found as () => unknown, isAsync});
    return value;
  }

  private failed(error: unknown): void {
    this.e = this.e === none ? error : suppressed(error, this.e);
  }

  private rethrow(): void {
    const thrown = this.e;
    this.e = none;
    if (thrown !== none) throw thrown;
  }
}

/** What the running cell declared by `using` at its top level. */
export const cellDisposables = new Disposables();

/** SuppressedError, which Node 20 and 22 do not have. */
function suppressed(error: unknown, before: unknown): Error {
  const message = 'An error was thrown while another one was on its way';
  return Object.assign(new Error(message, {cause: before}), {name: 'SuppressedError', error, suppressed: before});
}
