import {type Command, InvalidArgumentError} from 'commander';
import {join, resolve} from 'node:path';
import type {Grade} from '../grader/gradebook/grades.ts';
import {chooseAssignment, resultsOption} from './kept-assignments.ts';
import {noteOf, scoreText} from './grade-table.ts';

interface Flags {
  readonly results: string;
  readonly lesson?: string;
  readonly score?: number | false;
  readonly due?: string | false;
  readonly reason: string;
  readonly author?: string;
}

/** `snapgrid override`: what an instructor decides about one learner, with author and reason. */
export function addOverrideCommand(program: Command): void {
  program
    .command('override')
    .description("set a learner's score or due time; kept with author and reason (snapgrid grades --history)")
    .argument('<learner>', 'as submissions name the learner')
    .addOption(resultsOption())
    .option('--lesson <lesson>', 'its number or folder, where the results hold several')
    .option('--score <points>', 'the score that counts, whatever was measured and however late', scorePoints)
    .option('--no-score', 'take the score back that was set')
    .option('--due <time>', "the learner's own due time, such as 2026-12-05 23:59, in the assignment's time zone")
    .option('--no-due', 'take the due time back that was set')
    .requiredOption('--reason <text>', 'why')
    .option('--author <name>', "who decides (default: this machine's user)")
    .action(async (learner: string, {results, lesson, score, due, reason, author}: Flags) => {
      if (score === undefined && due === undefined)
        throw new Error('Expected a decision, got none; say --score <points>, --due <time>, --no-score or --no-due');
      const [{changingGradebook}, {override}, {gradesOf}, {operator}, {assignmentFolder, writeClass, writeGraded}] = await Promise.all([
        import('../grader/gradebook/reading.ts'),
        import('../grader/gradebook/override.ts'),
        import('../grader/gradebook/grades.ts'),
        import('../grader/assignment.ts'),
        import('../grader/results-folder.ts'),
      ]);
      const folder = resolve(results);
      await changingGradebook(folder, async gradebook => {
        const kept = await chooseAssignment(gradebook, lesson);
        const isLearner = (grade: Grade): boolean => grade.learner === learner;
        const before = (await gradesOf(gradebook, kept)).find(isLearner);
        await override(gradebook, kept, {
          learner,
          author: author ?? operator(),
          reason,
          ...(score === undefined ? {} : {score: score === false ? null : score}),
          ...(due === undefined ? {} : {due: due === false ? null : due}),
        });
        const after = (await gradesOf(gradebook, kept)).find(isLearner)!;
        console.log(
          `${learner} · ${kept.slug}: ${before ? scoreText(before) : '-'} → ${scoreText(after)} (${noteOf(after, kept.timezone) || 'as measured'})`,
        );
        await writeClass(folder, gradebook, kept, async graded => {
          if (isLearner(graded.grade)) await writeGraded(folder, gradebook, kept, graded);
        });
        console.log(`Grades: ${join(assignmentFolder(folder, kept), 'grades.csv')}`);
      });
    });
}

function scorePoints(text: string): number {
  const number = Number(text);
  if (!text.trim() || !Number.isFinite(number) || number < 0) throw new InvalidArgumentError('Expected points from 0 on, such as 7.5.');
  return number;
}
