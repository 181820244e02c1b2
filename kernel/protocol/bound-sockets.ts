import {createRequire} from 'node:module';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Router, Socket, XPublisher} from 'zeromq';
import {type ConnectionInfo, type PortName, socketAddress} from './connection-file.ts';

/** The five sockets that a client connects to: what arrives waits in them until it is read. */
export interface BoundSockets {
  readonly shell: Router;
  readonly control: Router;
  readonly stdin: Router;
  readonly iopub: XPublisher;
  readonly heartbeat: Router;
}

/** Jupyter picks ports that are free and lets go of them: a connection may be given one for a moment before the kernel binds it. */
const patienceMs = 3000;
const retryEveryMs = 50;

/** Binds them where the connection file says. @throws Error where another program keeps one of the ports for longer than `waitMs` */
export async function bindSockets(info: ConnectionInfo, waitMs = patienceMs): Promise<BoundSockets> {
  const zmq = createRequire(import.meta.url)('zeromq') as typeof import('zeromq');
  // A high-water mark would drop output silently.
  const options = {sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 1000};
  const iopub = new zmq.XPublisher(options);
  iopub.verbosity = 'allSubs';
  const [shell, control, stdin, heartbeat] = [
    new zmq.Router(options),
    new zmq.Router(options),
    new zmq.Router(options),
    new zmq.Router(options),
  ];
  const ports = {shell_port: shell, iopub_port: iopub, control_port: control, stdin_port: stdin, hb_port: heartbeat};
  await Promise.all(Object.entries(ports).map(([port, socket]) => bind(socket, socketAddress(info, port as PortName), waitMs)));
  return {shell, control, stdin, iopub, heartbeat};
}

async function bind(socket: Socket & {bind(address: string): Promise<void>}, address: string, waitMs: number): Promise<void> {
  for (const deadline = Date.now() + waitMs; ; await sleep(retryEveryMs))
    try {
      return await socket.bind(address);
    } catch (cause) {
      if ((cause as {code?: unknown}).code !== 'EADDRINUSE') throw cause;
      if (Date.now() >= deadline)
        throw new Error(`Expected ${address} to be free, got a port that another program keeps; start the kernel again, on other ports`, {
          cause,
        });
    }
}
