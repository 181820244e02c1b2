import type {CellChecker, Checking} from '../execution/executor.ts';
import type {ReplyContent} from '../protocol/messages.ts';

export class LanguageService implements CellChecker {
  constructor(private readonly folder: string) {}
  check(): Checking | undefined { return undefined; }
  async complete(code: string, cursor: number): Promise<ReplyContent> { void code; return {status: 'ok', matches: [], cursor_start: cursor, cursor_end: cursor, metadata: {}}; }
  async inspect(code: string, cursor: number): Promise<ReplyContent> { void code; void cursor; return {status: 'ok', found: false, data: {}, metadata: {}}; }
  end(): void { void this.folder; }
}
