/** Comms: messages between cells and the page that shows the notebook. */
export {Comm, type CommData, type Listener, type Message, openComm, registerTarget, type Sending} from './comms.ts';
