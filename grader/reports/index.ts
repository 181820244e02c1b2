export {classPage, type ClassPageOptions} from './class.ts';
export {gradesCsv} from './csv.ts';
export {feedbackPage} from './feedback.ts';
