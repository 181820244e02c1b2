/** What bundled.ts takes of the session where it is one file. */
export {start} from './life/start.ts';
export {importBy} from './modules/importing.ts';
