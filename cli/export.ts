import {type Command, Argument} from 'commander';
import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Grade, KeptAssignment} from '../grader/gradebook/grades.ts';
import type {Isolation} from '../grader/results.ts';
import {counted} from '../grader/reports/numbers.ts';
import type {Profile} from '../grader/reports/profiles.ts';
import {graderContext} from './grader-context.ts';
import {courseOption} from './course-option.ts';
import {isolationOption} from './isolation-option.ts';
import {clean, firstOf} from './grading-words.ts';
import {chooseAssignments, chooseAssignment, resultsOption, sameGrades} from './kept-assignments.ts';
import {print} from './print.ts';

interface Flags {
  readonly results: string;
  readonly lesson?: string;
  readonly course?: string;
  readonly to?: string;
  readonly assignment?: string;
  readonly isolation: Isolation;
}

/** `snapgrid export`: the grades as another program takes them. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description("write grades as Canvas, Moodle or nbgrader import them, or as JSON lines; pack a lesson's autograder for Gradescope")
    .addArgument(new Argument('<format>', 'of the file').choices(['canvas', 'moodle', 'nbgrader', 'jsonl', 'gradescope']))
    .addOption(resultsOption())
    .option('--lesson <lesson>', 'of one lesson: its number or folder')
    .option('--to <file>', 'where it is written (default: printed); who has no score, and why, is written beside it')
    .option('--assignment <file>', 'with gradescope: its manifest (YAML)')
    .addOption(courseOption())
    .addOption(isolationOption())
    .action(async (profile: Profile | 'gradescope', flags: Flags) => {
      if (profile === 'gradescope') return packAutograder(flags);
      const {results, lesson, to} = flags;
      const [{withGradebook}, {eachGrade}, {exportGrades, reasonsCsv}, {inPieces}] = await Promise.all([
        import('../grader/gradebook/reading.ts'),
        import('../grader/gradebook/grades.ts'),
        import('../grader/reports/profiles.ts'),
        import('../grader/results-folder.ts'),
      ]);
      await withGradebook(resolve(results), async gradebook => {
        // JSON lines and nbgrader's rows name their assignment; a platform's column is of one.
        const several = profile === 'jsonl';
        const chosen = several ? await chooseAssignments(gradebook, lesson) : [await chooseAssignment(gradebook, lesson)];
        const withoutScore: Pick<Grade, 'learner' | 'assignment' | 'status' | 'reason'>[] = [];
        const strangers: string[] = [];
        const read = async function* (kept: KeptAssignment): AsyncGenerator<Grade> {
          for await (const grade of eachGrade(gradebook, kept)) {
            const {learner, assignment, status, reason, score, student} = grade;
            if (score === undefined) withoutScore.push({learner, assignment, status, reason});
            if (kept.students && !student) strangers.push(learner);
            yield grade;
          }
        };
        const lines = async function* (): AsyncGenerator<string> {
          for (const kept of chosen) yield* exportGrades(profile, kept, read(kept));
        };
        if (to === undefined) for await (const piece of inPieces(lines())) await print(piece);
        else await writeFile(to, inPieces(lines())).catch(cause => failWriting(to, cause as NodeJS.ErrnoException));
        const fate = strangersFate[profile];
        if (strangers.length && fate !== undefined)
          console.error(`${counted(strangers.length, 'learner')} not on the roster, ${fate}: ${clean(firstOf(strangers))}`);
        if (!withoutScore.length) return;
        const reasons = to === undefined ? undefined : `${to.replace(/\.csv$/, '')}.without-score.csv`;
        if (reasons !== undefined)
          await writeFile(reasons, reasonsCsv(withoutScore)).catch(cause => failWriting(reasons, cause as NodeJS.ErrnoException));
        console.error(
          `${counted(withoutScore.length, 'learner')} without a score, which is not a 0; why: ${reasons ?? `npx snapgrid grades${sameGrades({results, lesson})}`}`,
        );
      });
    });
}

/** What becomes of learners who are not on the roster, where that is to be known. */
const strangersFate: Readonly<Partial<Record<Profile, string>>> = {
  canvas: 'about whom Canvas will ask',
  moodle: 'left out because Moodle refuses a whole file for one name that it does not know',
};

/** Needs no grades: only the lesson, and how it is graded. */
async function packAutograder({lesson, course, assignment, isolation, to}: Flags): Promise<void> {
  if (lesson === undefined) throw new Error('Expected the lesson that the autograder is for, got none; say it: --lesson 04');
  const [{writeAutograder}, {loadGradedLesson}, {openCourse}, {readAssignment}, {readFile}] = await Promise.all([
    import('../grader/gradescope/archive.ts'),
    import('../grader/lesson.ts'),
    import('../exercises/build/course.ts'),
    import('../grader/gradebook/assignment.ts'),
    import('node:fs/promises'),
  ]);
  const own = openCourse(course);
  const slug = own.find(lesson)[0]!;
  const {backend} = await loadGradedLesson(slug, own);
  // Read once here: what is wrong in it is said now, and not in Gradescope's container.
  if (assignment !== undefined) await readAssignment(assignment, true);
  const manifest = assignment === undefined ? `lesson: ${slug}\n` : await readFile(assignment, 'utf8');
  const path = resolve(to ?? `autograder-${slug}.zip`);
  const {root, secret} = await graderContext();
  const names = await writeAutograder(path, {
    root,
    slug,
    ...(course === undefined ? {} : {course: own.root}),
    backend,
    isolation,
    manifest,
    secret,
    nodeVersion: process.version,
  });
  console.log(`Wrote ${path} (${names.length} files); upload it as the assignment's autograder`);
  if (isolation === 'bubblewrap')
    console.log('Where Gradescope’s container allows no bubblewrap, grading refuses and says so; then pack it with --isolation process.');
}

function failWriting(path: string, cause: NodeJS.ErrnoException): never {
  throw new Error(`Expected to write ${path}, got ${cause.code}; choose another with --to`, {cause});
}
