import inspector from 'node:inspector';
import type {Socket} from 'node:net';
import {fileURLToPath, pathToFileURL} from 'node:url';
import type {DebugEvent, DebugRequest} from '../wire/debug.ts';
import {encodeFrame, FrameDecoder} from '../wire/frames.ts';

const ownFolder = pathToFileURL(fileURLToPath(new URL('../../', import.meta.url))).href;
const largestReplyBytes = 64 * 2 ** 20;
const nudgeMs = 50;

type WithoutNumber<Each> = Each extends DebugEvent ? Omit<Each, 'attachment'> : never;
type Told = WithoutNumber<DebugEvent>;

/** Carries the debugger's protocol between the host and the main thread, which goes on answering it while it is paused. */
export class DebugRelay {
  private session: inspector.Session | undefined;
  private attachment = 0;
  private unanswered = 0;
  private nudging: NodeJS.Timeout | undefined;
  paused = false;
  private readonly decoder = new FrameDecoder({headerBytes: largestReplyBytes, payloadBytes: 0});

  /** `nudge` makes the main thread run a little JavaScript. */
  constructor(
    private readonly socket: Socket,
    private readonly nudge: () => void,
  ) {
    socket.on('data', chunk => {
      for (const {header} of this.decoder.push(chunk)) this.take(header as unknown as DebugRequest);
    });
  }

  /** Whether the main thread can be paused: then it may keep the lock for as long as it is. */
  get attached(): boolean {
    return this.session !== undefined;
  }

  /** Lets a paused main thread run on. */
  resume(): void {
    if (this.paused) this.session?.post('Debugger.resume', () => {});
  }

  private take(request: DebugRequest): void {
    if (request.type === 'attach') this.attach(request.attachment);
    else if (request.type === 'detach') this.detach();
    else this.post(request.id, request.method, request.params);
  }

  private attach(attachment: number): void {
    this.detach();
    this.attachment = attachment;
    this.session = new inspector.Session();
    this.session.connectToMainThread();
    this.session.on('inspectorNotification', ({method, params}: inspector.InspectorNotification<object>) => {
      if (method === 'Debugger.paused') this.paused = true;
      if (method === 'Debugger.resumed') this.paused = false;
      // Node's own scripts and packages are many, and carry source maps of megabytes.
      if (method === 'Debugger.scriptParsed') return this.tellScript(params as inspector.Debugger.ScriptParsedEventDataType);
      if (method.startsWith('Debugger.') || method === 'Runtime.bindingCalled') this.tell({type: 'event', method, params: params ?? {}});
    });
  }

  private detach(): void {
    this.resume();
    this.session?.disconnect();
    this.session = undefined;
    this.paused = false;
    this.stopNudging();
    this.unanswered = 0;
  }

  private post(id: number, method: string, params: object): void {
    const {session} = this;
    if (!session) return this.tell({type: 'reply', id, error: 'The debugger is not attached'});
    this.unanswered++;
    // An idle main thread now and then sleeps through a message (seen on Node 26): its next JavaScript finds it.
    this.nudging ??= setInterval(() => this.paused || this.nudge(), nudgeMs);
    session.post(method, params, (error, result) => {
      if (session !== this.session) return; // detached: nobody waits for it
      if (--this.unanswered === 0) this.stopNudging();
      this.tell(error ? {type: 'reply', id, error: error.message} : {type: 'reply', id, result: result ?? {}});
    });
  }

  private stopNudging(): void {
    clearInterval(this.nudging);
    this.nudging = undefined;
  }

  private tellScript({scriptId, url}: inspector.Debugger.ScriptParsedEventDataType): void {
    const own = url.startsWith(ownFolder) || url.includes('/node_modules/');
    if (url.startsWith('snapgrid:') || (url.startsWith('file:') && !own))
      this.tell({type: 'event', method: 'Debugger.scriptParsed', params: {scriptId, url}});
  }

  private tell(event: Told): void {
    const [frame] = encodeFrame({...event, attachment: this.attachment}) as [Uint8Array];
    if (frame.byteLength <= largestReplyBytes) this.socket.write(frame);
    else if (event.type === 'reply')
      this.tell({type: 'reply', id: event.id, error: `Expected an answer of at most ${largestReplyBytes} bytes, got ${frame.byteLength}`});
  }
}
