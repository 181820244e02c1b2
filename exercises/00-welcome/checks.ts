import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {normalize} from './normalize.checks.ts';

export {courseMap} from './course-map.ts';

export const lesson: Lesson = {slug: '00-welcome', tasks: [normalize]};

export const {check, progress} = inNotebook(lesson);
