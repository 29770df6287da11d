/** Batches and answers in the layout of `engine/port/layout.ts`, for tests of the daemon. */

/** Status and body of each answer. */
export type AnswerWords = readonly (readonly [status: number, body: string])[];

/** The lengths of the parameters in a batch. */
export function batchLengths(batch: ArrayBuffer): number[] {
  const [count = 0] = new Uint32Array(batch, 0, 1);
  const words = new Uint32Array(batch, 8, 4 * count);
  return Array.from({ length: count }, (_, i) => words[4 * i + 3]!);
}

export function answerOf(answers: AnswerWords): ArrayBuffer {
  const words = [answers.length, ...answers.flatMap(([status, body]) => [status, body.length])];
  const bodies = Buffer.from(answers.map(([, body]) => body).join(''));
  const answer = new ArrayBuffer(4 * words.length + bodies.length);
  new Uint32Array(answer, 0, words.length).set(words);
  new Uint8Array(answer, 4 * words.length).set(bodies);
  return answer;
}
