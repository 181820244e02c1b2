import {PassThrough} from 'node:stream';
import {SessionConnection} from '../wire/connection.ts';
import {encodeFrame} from '../wire/frames.ts';

export interface FakeSession {
  connection: SessionConnection;
  say(header: Record<string, unknown>, buffers?: Uint8Array[]): void;
  run(): {running: Promise<unknown>; id: number};
  events: PassThrough;
  stdout: PassThrough;
  stderr: PassThrough;
}

/** The host's end of a session that a test plays itself. */
export function fakeSession(): FakeSession {
  const streams = {
    requests: new PassThrough(),
    control: new PassThrough(),
    events: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  const connection = new SessionConnection(streams);
  return {
    connection,
    run: () => {
      let id = 0;
      const running = connection.run({name: '', code: '', result: false}, own => (id = own));
      return {running, id};
    },
    say: (header, buffers) => streams.events.write(Buffer.concat(encodeFrame(header, buffers))),
    events: streams.events,
    stdout: streams.stdout,
    stderr: streams.stderr,
  };
}
