import type {AskedQuestion} from './grades.ts';
import type {ChangeRow} from './schema.ts';

/** A written answer, and what it got. */
export interface MarkedAnswer {
  readonly question: string;
  readonly title: string;
  readonly max: number;
  /** Whether its points belong to the score and to full marks. */
  readonly counts: boolean;
  /** Undefined where it is not marked yet. */
  readonly points: number | undefined;
  readonly comment: string;
  /** Who marked it. */
  readonly author: string;
}

/** A mark as the trail of changes keeps it: of this very notebook, so that what is handed in later is marked anew. */
export interface Mark {
  readonly contentHash: string;
  readonly points: number;
  readonly comment: string;
}

/** Each question with the last mark of one attempt. */
export function markedAnswers(questions: readonly AskedQuestion[], changes: readonly ChangeRow[], contentHash: string): MarkedAnswer[] {
  return questions.map(({question, title, points: max, counts}) => {
    const marks = changes
      .filter(change => change.kind === 'mark' && change.item === question && change.value !== null)
      .map(({author, value}) => ({author, ...(JSON.parse(value!) as Mark)}))
      .filter(mark => mark.contentHash === contentHash);
    const {points, comment = '', author = ''} = marks.at(-1) ?? {};
    return {question, title, max, counts, points, comment, author};
  });
}
