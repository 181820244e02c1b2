import {Console} from 'node:console';
import fs from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import {Writable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';

type Print = (name: 'stdout' | 'stderr', text: string) => void;

/** Everything that JavaScript prints goes through `print`: console, process.stdout, fs.writeSync(1) alike. */
export function capturePrinting(print: Print): void {
  const stdout = printingStream('stdout', 1, print);
  const stderr = printingStream('stderr', 2, print);
  Object.defineProperty(process, 'stdout', {value: stdout, configurable: true, enumerable: true});
  Object.defineProperty(process, 'stderr', {value: stderr, configurable: true, enumerable: true});
  captureConsole(stdout, stderr);
  captureWriteSync(print);
}

type Written = (error?: Error | null) => void;

/** A stream without a state: an interrupt in the middle of a write would leave a Writable waiting for its end for ever. */
function printingStream(name: 'stdout' | 'stderr', fd: number, print: Print): Writable {
  const decoder = new StringDecoder('utf8');
  const write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Written, done?: Written): boolean => {
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk))
      throw new TypeError(`Expected a string or bytes to print, got ${typeof chunk}`);
    const isWhole = typeof chunk === 'string' && (typeof encoding !== 'string' || isText(encoding));
    const text = isWhole
      ? chunk
      : decoder.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : Buffer.from(chunk));
    if (text) print(name, text);
    const written = typeof encoding === 'function' ? encoding : done;
    if (written) process.nextTick(written);
    return true;
  };
  // What is piped into it, and libraries that end it, find a Writable; printing goes on after an end, as it does with Node's own.
  const stream = new Writable({decodeStrings: false, write: (chunk: string | Buffer, encoding, done) => void write(chunk, encoding, done)});
  const end = (...rest: unknown[]): Writable => {
    const [chunk, encoding] = rest;
    if (typeof chunk === 'string' || chunk instanceof Uint8Array)
      write(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : undefined);
    const done = rest.find(each => typeof each === 'function') as Written | undefined;
    if (done) process.nextTick(done);
    return stream;
  };
  return Object.assign(stream, {fd, _type: 'pipe', isTTY: false, write, end, destroy: () => stream, cork: () => {}, uncork: () => {}});
}

const isText = (encoding: string): boolean => encoding === 'utf8' || encoding === 'utf-8' || encoding === 'buffer';

/** The global console keeps its identity; its methods no longer keep every printed object alive for an inspector. */
function captureConsole(stdout: Writable, stderr: Writable): void {
  const own = new Console({stdout, stderr, ignoreErrors: false});
  for (const [name, method] of Object.entries(own)) if (typeof method === 'function') Reflect.set(console, name, method);
  for (const [name, change] of [
    ['group', 1],
    ['groupCollapsed', 1],
    ['groupEnd', -1],
  ] as const) {
    const method = own[name];
    const counted = (...label: unknown[]): void => {
      method(...label);
      openGroups = Math.max(0, openGroups + change);
    };
    Object.defineProperty(counted, 'name', {value: name});
    Reflect.set(console, name, counted);
  }
}

let openGroups = 0;

/** Ends the groups that an earlier cell left open, as one that threw: the next one's output is not theirs. */
export function endGroups(): void {
  while (openGroups) console.groupEnd();
}

function captureWriteSync(print: Print): void {
  const {writeSync} = fs;
  const decoders = {stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8')};
  const captured = (fd: number, data: NodeJS.ArrayBufferView | string, ...rest: unknown[]): number => {
    if (fd !== 1 && fd !== 2) return Reflect.apply(writeSync, fs, [fd, data, ...rest]) as number;
    const name = fd === 1 ? 'stdout' : 'stderr';
    const bytes = typeof data === 'string' ? Buffer.from(data, encodingOf(rest[1])) : part(data, rest);
    const text = decoders[name].write(bytes);
    if (text) print(name, text);
    return bytes.byteLength;
  };
  fs.writeSync = captured as typeof fs.writeSync;
  syncBuiltinESMExports();
}

const encodingOf = (value: unknown): BufferEncoding => (typeof value === 'string' && Buffer.isEncoding(value) ? value : 'utf8');

/** fs.writeSync(fd, view, offset, length) or (fd, view, {offset, length}) */
function part(view: NodeJS.ArrayBufferView, rest: readonly unknown[]): Buffer {
  const all = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  const options =
    typeof rest[0] === 'object' && rest[0] !== null ? (rest[0] as {offset?: number; length?: number}) : {offset: rest[0], length: rest[1]};
  const offset = typeof options.offset === 'number' ? options.offset : 0;
  return all.subarray(offset, typeof options.length === 'number' ? offset + options.length : undefined);
}
