export {type LessonCell, type ParsedLesson, parseLesson, readLesson} from './lesson.ts';
export type {Manifest} from './manifest.ts';
export {buildNotebook, type Notebook, type NotebookCell, notebookText} from './notebook.ts';
export {answerPieces, solvedNotebook} from './submission.ts';
