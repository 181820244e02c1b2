/** A question that is answered in words, and that people mark. */
export interface WrittenQuestion {
  /** The id of the cell that answers it, or its nbgrader `grade_id`. */
  readonly question: string;
  readonly title: string;
  readonly points: number;
  /** What an answer is to say, for who marks it. */
  readonly rubric: readonly string[];
}

/** A written question as a lesson's front matter or an assignment's manifest states it. */
export type StatedQuestion = Pick<WrittenQuestion, 'question' | 'points'> & Partial<WrittenQuestion>;

const text = {type: 'string', minLength: 1} as const;

/** The list `written`, in lessons and in assignments alike. */
export const writtenSchema = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['question', 'points'],
    properties: {
      question: {type: 'string', pattern: '^[\\w.-]{1,64}$'},
      title: text,
      points: {type: 'number', exclusiveMinimum: 0},
      rubric: {type: 'array', items: text},
    },
  },
} as const;

/** The questions with their titles: where none is stated, the question's name. */
export function writtenQuestions(stated: readonly StatedQuestion[]): WrittenQuestion[] {
  return stated.map(({question, title = question, points, rubric = []}) => ({question, title, points, rubric}));
}

/** The name that two questions have. */
export function askedTwice(stated: readonly StatedQuestion[]): string | undefined {
  return stated.find(({question}, i) => stated.findIndex(other => other.question === question) !== i)?.question;
}
