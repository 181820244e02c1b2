import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import type {Command} from 'commander';
import {Course, ownCourse} from '../exercises/build/index.ts';
import {projectRoot} from '../project/root.ts';
import {courseOption} from './course-option.ts';
import {optionWords} from './shell-words.ts';

/** `snapgrid new`: a lesson that works as it is, to be changed into one's own. */
export function addNewCommand(program: Command): void {
  program
    .command('new')
    .argument('<lesson>', 'its folder: two digits and words, 01-my-lesson')
    .addOption(courseOption())
    .description('write a small lesson that works, with its checks and solutions, to change into your own')
    .action((slug: string, flags: {course?: string}) => {
      const course = flags.course === undefined ? ownCourse : new Course(flags.course);
      const written = newLesson(course, slug);
      const option = optionWords({course: flags.course});
      console.log(`Wrote ${written.map(path => `\n  ${relative(process.cwd(), path)}`).join('')}\n`);
      const steps = [
        [`check ${slug}${option}`, 'stubs fail, solutions pass, wrong answers are caught'],
        [`calibrate ${slug}${option}`, 'measures the margins of every threshold'],
        [`notebooks${option}`, 'builds its notebook'],
        [`start${option}`, 'opens it in JupyterLab'],
      ] as const;
      const width = Math.max(...steps.map(([command]) => command.length));
      console.log(`Change it, then:\n${steps.map(([command, what]) => `  npx snapgrid ${command.padEnd(width)}   ${what}`).join('\n')}`);
    });
}

const template = {root: join(projectRoot, 'exercises', 'build', 'template'), slug: '00-template'};

/** Returns the folders that it wrote. @throws an Error where the name is none or taken */
export function newLesson(course: Course, slug: string): string[] {
  if (!/^\d\d-[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
    throw new Error(`Expected a lesson's name of two digits and words in small letters, such as 01-my-lesson; got ${JSON.stringify(slug)}`);
  const [same] = course.slugs().filter(other => other.slice(0, 2) === slug.slice(0, 2));
  if (same !== undefined) throw new Error(`Expected a number that no lesson has, got ${slug.slice(0, 2)}, which is that of ${same}`);
  return ['exercises', 'solutions'].map(part => {
    const to = join(course.root, part, slug);
    if (existsSync(to)) throw new Error(`Expected no folder at ${to}, found one; remove it or choose another name`);
    mkdirSync(join(course.root, part), {recursive: true});
    cpSync(join(template.root, part, template.slug), to, {recursive: true});
    for (const file of readdirSync(to, {recursive: true, withFileTypes: true}))
      if (file.isFile()) rename(join(file.parentPath, file.name), slug, course === ownCourse);
    return to;
  });
}

/** A lesson of snapgrid's own course is imported by the package's name, any other by its file. */
function rename(file: string, slug: string, own: boolean): void {
  const text = readFileSync(file, 'utf8');
  const imported = own ? text.replaceAll(`'../exercises/${template.slug}/checks.ts'`, `'snapgrid/exercises/${template.slug}'`) : text;
  writeFileSync(file, imported.replaceAll(template.slug, slug));
}
