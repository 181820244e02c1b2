import type {MimeBundle} from '../wire/messages.ts';

/** Where displays go: to the host of the session, when this process is one. */
export interface Channel {
  display(bundle: MimeBundle, options: {metadata?: Record<string, unknown>; displayId?: string; update?: boolean}): void;
  clear(wait: boolean): void;
}

let open: Channel | undefined;

export function openChannel(channel: Channel): void {
  open = channel;
}

/** The session's channel; undefined in a process that is no session. */
export const channel = (): Channel | undefined => open;
