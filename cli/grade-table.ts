import type {Grade} from '../grader/gradebook/grades.ts';
import {localTime} from './local-time.ts';

/** `4.5 of 6`, or why there is no score. */
export function scoreText({score, max, status}: Grade): string {
  return score === undefined ? status : `${score} of ${max}`;
}

/** How the score came about, in words. */
export function noteOf({reason, override, extension, attempts, lateness, notes}: Grade, timezone: string): string {
  return [
    ...(reason ? [reason] : []),
    ...(lateness.afterCutoff ? ['after the cutoff'] : []),
    ...(override ? [`set to ${override.value} by ${override.author}: ${override.reason}`] : []),
    ...(extension ? [`due ${localTime(String(extension.value), timezone)} by ${extension.author}: ${extension.reason}`] : []),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...notes,
  ].join('; ');
}
