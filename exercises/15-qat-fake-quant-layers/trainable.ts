import {LearnerThrew, WrongAnswer} from '../../checking/types.ts';

/** What tfjs throws when no gradient leads from the output back is a wrong answer, explained by `message`; any other error stays what it is. */
export async function trainable<T>(run: () => Promise<T>, message: string): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LearnerThrew && /Cannot find a connection|Cannot compute gradient of y/.test(error.message))
      throw new WrongAnswer(message);
    throw error;
  }
}
