import {readFileSync} from 'node:fs';

/** What Jupyter tells a kernel at its start: where to listen and the key that messages are signed with. */
export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly shell_port: number;
  readonly control_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
  readonly key: string;
  readonly signature_scheme: string;
}

export const portNames = ['shell_port', 'control_port', 'iopub_port', 'stdin_port', 'hb_port'] as const;
export type PortName = (typeof portNames)[number];

/** Reads a connection file. @throws Error that names the file and what is missing from it */
export function readConnectionFile(path: string): ConnectionInfo {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`Expected a JSON object in ${path}; start the kernel from Jupyter`);
  const info: Partial<ConnectionInfo> = parsed;
  for (const name of portNames)
    if (!Number.isInteger(info[name]))
      throw new Error(`Expected a number as ${name} in ${path}, got ${String(info[name])}; start the kernel from Jupyter`);
  if (typeof info.key !== 'string') throw new Error(`Expected a key in ${path}, got none; start the kernel from Jupyter`);
  const scheme = info.signature_scheme ?? 'hmac-sha256';
  if (scheme !== 'hmac-sha256')
    throw new Error(
      `Expected signature_scheme hmac-sha256 in ${path}, got ${scheme}; unset Session.signature_scheme in Jupyter's settings`,
    );
  return {...(info as ConnectionInfo), transport: info.transport ?? 'tcp', ip: info.ip ?? '127.0.0.1', signature_scheme: scheme};
}

/** The ZeroMQ address of one of the five sockets. */
export function socketAddress(info: ConnectionInfo, port: PortName): string {
  return info.transport === 'ipc' ? `ipc://${info.ip}-${info[port]}` : `tcp://${info.ip}:${info[port]}`;
}
