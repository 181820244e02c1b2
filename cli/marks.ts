import type {Command} from 'commander';
import {join, resolve} from 'node:path';
import type {KeptAssignment} from '../grader/gradebook/grades.ts';
import type {ExportedMarks} from '../grader/marks.ts';
import {counted} from '../grader/reports/numbers.ts';
import {courseOption} from './course-option.ts';
import {graderContext} from './grader-context.ts';
import {chooseAssignment, resultsOption, sameGrades} from './kept-assignments.ts';
import {quote} from './shell-words.ts';

interface Flags {
  readonly results: string;
  readonly lesson?: string;
  readonly to: string;
  readonly author?: string;
  readonly course?: string;
}

/** `snapgrid marks`: written answers out to who marks them, and their marks in. */
export function addMarksCommand(program: Command): void {
  const marks = program.command('marks').description("mark written answers: a page per question, learners' names hidden");
  marks
    .command('export')
    .description('write a page per question and marks.csv, to be filled in')
    .addOption(resultsOption())
    .option('--lesson <lesson>', 'its number or folder, where the results hold several')
    .option('--to <folder>', 'where they are written', 'marks')
    .addOption(courseOption())
    .action(async ({results, lesson, to, course}: Flags) => {
      const [{withGradebook}, {exportMarks}, {secret}] = await Promise.all([
        import('../grader/gradebook/reading.ts'),
        import('../grader/marks.ts'),
        graderContext(),
      ]);
      const folder = resolve(to);
      const exported = await withGradebook(resolve(results), async gradebook => {
        const kept = await chooseAssignment(gradebook, lesson);
        return exportMarks(gradebook, kept, secret, folder, await givenTexts(course, kept));
      });
      console.log(answersToMark(exported, folder));
      const filled = join(to, 'marks.csv');
      console.log(
        `Fill in points and comment in ${join(folder, 'marks.csv')}, then: npx snapgrid marks import ${quote(filled)}${sameGrades({results, lesson})}`,
      );
    });
  marks
    .command('import')
    .description('take the filled marks.csv into the gradebook; feedback and grades.csv are written anew')
    .argument('<file>', 'marks.csv')
    .addOption(resultsOption())
    .option('--lesson <lesson>', 'its number or folder, where the results hold several')
    .option('--author <name>', "who marked, where the file's column author says nothing (default: this machine's user)")
    .action(async (file: string, {results, lesson, author}: Flags) => {
      const [{changingGradebook}, {importMarks}, {operator}, {secret}] = await Promise.all([
        import('../grader/gradebook/reading.ts'),
        import('../grader/marks.ts'),
        import('../grader/assignment.ts'),
        graderContext(),
      ]);
      const folder = resolve(results);
      await changingGradebook(folder, async gradebook => {
        const kept = await chooseAssignment(gradebook, lesson);
        const count = await importMarks(gradebook, kept, secret, file, folder, author ?? operator());
        console.log(`${counted(count, 'new mark')}. Grades: ${join(folder, kept.folder, 'grades.csv')}`);
      });
    });
}

/** What the lesson's own cells hold before they are answered, by their ids; nothing where the course that is at hand has not the lesson. */
async function givenTexts(folder: string | undefined, {slug}: KeptAssignment): Promise<Map<string, string>> {
  const {openCourse, buildNotebook, readLesson} = await import('../exercises/build/index.ts');
  const course = openCourse(folder);
  if (!course.slugs().includes(slug)) return new Map();
  return new Map(buildNotebook(readLesson(course.folder(slug))).cells.map(({id, source}) => [id, source.join('')]));
}

function answersToMark({answers, empty, nowhere}: ExportedMarks, folder: string): string {
  const unanswered = empty ? `, ${empty} of them empty (0 points are filled in)` : '';
  const warnings = nowhere.map(
    question =>
      `\nNo notebook has a cell ${question}: correct \`question\` in the assignment's manifest and grade again, or mark it as it is.`,
  );
  return `${counted(answers, 'answer')} to mark${unanswered}: ${folder}${warnings.join('')}`;
}
