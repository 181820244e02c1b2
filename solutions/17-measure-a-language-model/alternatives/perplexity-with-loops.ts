import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
export * from '../answers.ts';

/** Plain loops, no tensors: the logits of a window are carried from token to token. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const table = model.table.arraySync();
  let [nats, predicted, done] = [0, 0, 0];
  for (let from = 0; done < tokens.length; from += stride) {
    const end = Math.min(from + contextLength, tokens.length);
    let heard = table[0]!.map(() => 0);
    for (let at = from; at + 1 < end; at++) {
      heard = heard.map((value, v) => model.memory * value + table[tokens[at]!]![v]!);
      if (at + 1 < done) continue;
      const total = heard.reduce((sum, value) => sum + Math.exp(value), 0);
      nats += Math.log(total) - heard[tokens[at + 1]!]!;
      predicted++;
    }
    done = end;
  }
  return Math.exp(nats / predicted);
}
