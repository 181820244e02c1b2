/** How long an answer of the server is waited for: one that hangs is as good as none. */
const answerWithinMs = 10_000;

export function inTime<T>(answer: Promise<T>, withinMs = answerWithinMs): Promise<T | undefined> {
  let timer: NodeJS.Timeout;
  const deadline = new Promise<undefined>(resolve => (timer = setTimeout(() => resolve(undefined), withinMs)));
  return Promise.race([answer, deadline]).finally(() => clearTimeout(timer));
}
