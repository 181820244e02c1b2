export {ClassFigures} from './class-figures.ts';
export {classPage, type ClassPageOptions, type ReadClass} from './class.ts';
export {gradesCsv} from './csv.ts';
export {feedbackPage} from './feedback.ts';
