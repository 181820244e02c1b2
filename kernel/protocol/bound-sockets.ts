import {createRequire} from 'node:module';
import type {Router, XPublisher} from 'zeromq';
import {type ConnectionInfo, type PortName, socketAddress} from './connection-file.ts';

/** The five sockets that a client connects to: what arrives waits in them until it is read. */
export interface BoundSockets {
  readonly shell: Router;
  readonly control: Router;
  readonly stdin: Router;
  readonly iopub: XPublisher;
  readonly heartbeat: Router;
}

/** Binds them where the connection file says. */
export async function bindSockets(info: ConnectionInfo): Promise<BoundSockets> {
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
  await Promise.all(Object.entries(ports).map(([port, socket]) => socket.bind(socketAddress(info, port as PortName))));
  return {shell, control, stdin, iopub, heartbeat};
}
