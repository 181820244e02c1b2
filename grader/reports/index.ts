export {classPage, type ClassPageOptions} from './class.ts';
export {gradesCsv, resultsCsv} from './csv.ts';
export {feedbackPage} from './feedback.ts';
