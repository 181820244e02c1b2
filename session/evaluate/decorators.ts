type Decorator = ((...args: unknown[]) => unknown) | undefined;

/** What compiled decorators of TypeScript's own kind call. */
export const decorators = {
  /** Applies decorators, the last first, to a class, a property (`descriptor` undefined) or a method (null). */
  decorate(list: readonly Decorator[], target: object, key?: PropertyKey, descriptor?: null): unknown {
    const isMember = key !== undefined;
    let result: unknown = !isMember ? target : descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : undefined;
    for (let i = list.length - 1; i >= 0; i--) {
      const each = list[i];
      if (each) result = (!isMember ? each(result) : descriptor === null ? each(target, key, result) : each(target, key)) || result;
    }
    if (isMember && descriptor === null && result) Object.defineProperty(target, key, result);
    return result;
  },
  /** Keeps a type, where reflect-metadata is imported. */
  decorateMetadata(key: string, value: unknown): Decorator {
    const metadata: unknown = Reflect.get(Reflect, 'metadata');
    return typeof metadata === 'function' ? (metadata(key, value) as Decorator) : undefined;
  },
  /** A parameter's decorator as one of its method, or of its class. */
  decorateParam: (index: number, decorator: (target: unknown, key: unknown, index: number) => void) => (target: unknown, key: unknown) =>
    decorator(target, key, index),
};
