import {createServer, type Server} from 'node:net';
import {expect, it} from 'vitest';
import {bindSockets, type BoundSockets} from './bound-sockets.ts';
import type {ConnectionInfo} from './connection-file.ts';

async function listening(): Promise<{readonly server: Server; readonly port: number}> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {server, port: (server.address() as {port: number}).port};
}

/** Of its five ports the shell's is held by the server. */
async function held(): Promise<{readonly server: Server; readonly info: ConnectionInfo}> {
  const [shell, ...others] = await Promise.all(Array.from({length: 5}, listening));
  await Promise.all(others.map(({server}) => new Promise(resolve => server.close(resolve))));
  const [control_port, iopub_port, stdin_port, hb_port] = others.map(({port}) => port) as [number, number, number, number];
  const ports = {shell_port: shell!.port, control_port, iopub_port, stdin_port, hb_port};
  return {server: shell!.server, info: {transport: 'tcp', ip: '127.0.0.1', ...ports, key: '', signature_scheme: 'hmac-sha256'}};
}

const close = (sockets: BoundSockets): void => Object.values(sockets).forEach((socket: {close(): void}) => socket.close());

it('a port that is held for a moment is bound as soon as it is free', async () => {
  const {server, info} = await held();
  const bound = bindSockets(info, 60_000);
  await new Promise(resolve => setTimeout(resolve, 100));
  server.close();
  await expect(bound).resolves.toHaveProperty('shell');
  close(await bound);
});

it('a port that another program keeps is named', async () => {
  const {server, info} = await held();
  await expect(bindSockets(info, 0)).rejects.toThrow(`Expected tcp://127.0.0.1:${info.shell_port} to be free`);
  server.close();
});
