export {type LessonCell, type ParsedLesson, parseLesson, readLesson} from './lesson.ts';
export type {Manifest} from './manifest.ts';
export {buildNotebook, type Notebook, type NotebookCell, notebookText} from './notebook.ts';
export {answerPieces, solvedNotebook} from './submission.ts';
export {Course, openCourse, ownCourse, type SolutionFile, type SolutionFiles} from './course.ts';
export {type Candidate, loadMaterial, type Material, materialHash, type WrongCandidate} from './material.ts';
export {type CheckMargins, type Margins, marginsFrom, measuredCandidates, measureSeed, type SeedMeasurements} from './margins.ts';
export {type ImportedLesson, importNotebook} from './import.ts';
export {proveLesson, type TaskProof} from './prove.ts';
