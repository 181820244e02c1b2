import {type ChildProcess, spawn} from 'node:child_process';
import {createHmac, randomUUID} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Dealer, XSubscriber} from 'zeromq';
import {type PortName, portNames} from '../protocol/connection-file.ts';

const kernelProgram = fileURLToPath(new URL('../../dist/kernel/main.js', import.meta.url));

export type Frame = string | Buffer;

/** A kernel of ours that is spoken to in frames, right ones and wrong ones. */
export class RawKernel {
  readonly key = 'a secret of this test';
  private text = '';

  private constructor(
    private readonly folder: string,
    private readonly ports: Readonly<Record<PortName, number>>,
    readonly process: ChildProcess,
  ) {
    process.stderr!.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  static async start(): Promise<RawKernel> {
    const folder = mkdtempSync(join(tmpdir(), 'snapgrid-kernel-'));
    const free = await freePorts(portNames.length);
    const ports = Object.fromEntries(portNames.map((name, i) => [name, free[i]!])) as Record<PortName, number>;
    const file = join(folder, 'connection.json');
    const child = spawn(process.execPath, [kernelProgram, file], {
      cwd: folder,
      env: {...process.env, JUPYTER_DATA_DIR: folder},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const kernel = new RawKernel(folder, ports, child);
    writeFileSync(file, JSON.stringify({...ports, transport: 'tcp', ip: '127.0.0.1', key: kernel.key, signature_scheme: 'hmac-sha256'}));
    return kernel;
  }

  /** What it wrote on stderr. */
  get log(): string {
    return this.text;
  }

  get isAlive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  dealer(port: PortName): Dealer {
    const dealer = new Dealer({linger: 0});
    dealer.connect(`tcp://127.0.0.1:${this.ports[port]}`);
    return dealer;
  }

  /** Hears iopub, and sends on it what a subscriber never would. */
  subscriber(): XSubscriber {
    const subscriber = new XSubscriber({linger: 0});
    subscriber.connect(`tcp://127.0.0.1:${this.ports.iopub_port}`);
    return subscriber;
  }

  sign(frames: readonly Frame[]): string {
    return frames.reduce((hmac, frame) => hmac.update(frame), createHmac('sha256', this.key)).digest('hex');
  }

  /** Delimiter, right signature, and whatever the frames are. */
  signed(frames: readonly Frame[]): Frame[] {
    return ['<IDS|MSG>', this.sign(frames), ...frames];
  }

  message(type: string, content: object = {}): {id: string; frames: Frame[]} {
    const id = randomUUID();
    const header = {msg_id: id, msg_type: type, session: 's', username: 'u', date: new Date().toISOString(), version: '5.3'};
    return {id, frames: this.signed([header, {}, {}, content].map(part => JSON.stringify(part)))};
  }

  async end(): Promise<void> {
    const exited = new Promise(resolve => this.process.once('exit', resolve));
    if (this.isAlive) {
      this.process.kill();
      await exited;
    }
    rmSync(this.folder, {recursive: true, force: true});
  }
}

/** The next reply's type and the id of the request that it answers. */
export async function nextReply(socket: Dealer): Promise<{type: string; to: string}> {
  const frames = await socket.receive();
  const start = frames.findIndex(frame => frame.toString() === '<IDS|MSG>');
  const [header, parent] = [frames[start + 2]!, frames[start + 3]!].map(
    frame => JSON.parse(frame.toString()) as {msg_type: string; msg_id: string},
  );
  return {type: header!.msg_type, to: parent!.msg_id};
}

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({length: count}, () => createServer());
  const ports = await Promise.all(
    servers.map(
      server => new Promise<number>(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as {port: number}).port))),
    ),
  );
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
