import {isBuiltin} from 'node:module';
import type {SessionOptions} from '../wire/options.ts';

/** A cell imported what its course does not allow. */
export class ImportRefused extends Error {
  override name = 'ImportRefused';
}

/** What a lesson's cells may import: a rule of the course, not the boundary of the sandbox. */
export class Policy {
  constructor(private readonly options: Pick<SessionOptions, 'allow' | 'inert'>) {}

  get restricted(): boolean {
    return this.options.allow !== undefined;
  }

  isInert(specifier: string): boolean {
    return matches(this.options.inert ?? [], specifier);
  }

  /** @throws ImportRefused naming the rule */
  check(specifier: string): void {
    const {allow} = this.options;
    if (!allow || matches(allow, specifier) || this.isInert(specifier)) return;
    throw new ImportRefused(
      `Expected an import that this lesson allows (${allow.join(', ') || 'none'}), got '${specifier}'. The rule: a submission may import only what its lesson lists.`,
    );
  }
}

/** `node:fs` and `fs` are the same module, so one of them in a list stands for both. */
function matches(patterns: readonly string[], specifier: string): boolean {
  const name = canonical(specifier);
  return patterns.map(canonical).some(pattern => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

const canonical = (specifier: string): string => (!specifier.startsWith('node:') && isBuiltin(specifier) ? `node:${specifier}` : specifier);
