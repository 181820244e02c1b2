import {Draw} from './draw.ts';

/** `train` and `hidden` share no sentence; `calibration` is a part of `train`, for methods that look at data. */
export type TextPart = 'train' | 'calibration' | 'hidden';

/**
 * Paragraphs about quantization in plain English, made by rules from a seed: the same seed gives the same text on every machine.
 * A paragraph is about one person, one model and one number of bits, which its later sentences come back to: who reads on must look back.
 * Every sentence belongs to one part for ever, by a hash of its letters, so that nothing in `hidden` was ever trained on.
 */
export function courseText(paragraphs: number, part: TextPart, seed = 'course'): string {
  if (!Number.isSafeInteger(paragraphs) || paragraphs < 1)
    throw new RangeError(`Expected a whole number of paragraphs, at least 1, got ${paragraphs}`);
  const draw = new Draw(`course-text/${part}/${seed}`);
  return Array.from({length: paragraphs}, () => paragraph(draw, part) + '\n').join('');
}

/** Whether a sentence is kept for the hidden part: one in five is. */
export function isHidden(sentence: string): boolean {
  // FNV-1a
  let hash = 0x811c9dc5;
  for (let i = 0; i < sentence.length; i++) hash = Math.imul(hash ^ sentence.charCodeAt(i), 0x01000193) >>> 0;
  return (hash >>> 8) % 5 === 0;
}

/** What a paragraph is about. */
interface Story {
  readonly person: string;
  readonly other: string;
  readonly model: string;
  readonly device: string;
  readonly layer: string;
  readonly method: string;
  readonly bits: number;
  readonly fewer: number;
  readonly pronoun: string;
}

const people = {
  She: words('Ada Bea Clara Dina Emma Freya Gina Hana Ines Jana Kira Lena Mira Nora Olga Pia Rosa Sofia Tessa Yara'),
  He: words('Adam Ben Carl David Emil Felix Georg Hugo Ivan Jonas Karim Leo Max Nils Omar Paul Ravi Sami Tariq Viktor'),
} as const;
const models = list(
  'language model, vision model, speech model, translator, chatbot, digit reader, music model, weather model, search model, voice model',
);
const devices = list('phone, laptop, robot, camera, server, watch, drone, small card, tablet, car, big computer, sensor');
const layers = list('first layer, last layer, attention layer, middle layer, embedding, output layer, second layer, feed forward layer');
const methods = list(
  'rounding to nearest, careful calibration, error feedback, training with rounding, a scale for each group, a codebook, a scale for each row, a rotation',
);
const causes = list(
  'one large weight, a few outliers, a wide range, one scale for all rows, too little calibration data, a wrong zero point, a bad range, wide groups',
);
const effects = list(
  'the steps become wide, small weights become zero, the error grows, the answers change, most codes are never used, the output drifts, many values are clipped',
);
const cures = list(
  'a scale for each row, smaller groups, a better range, more bits for this layer, clipping the largest values, a little more training, a second look at the data',
);
const measures = list('the perplexity, the accuracy, the largest error, the mean error, the output of each layer, the speed, the size');
const texts = list(
  'a text that the model never saw, hidden data, a fresh test set, new examples, the same text as before, another language',
);
const counts = words('two three four five six seven eight nine ten eleven twelve twenty thirty');
const times = list(
  'On Monday, On Friday, In the morning, In the evening, Last week, Last year, After lunch, This time, At first, At night, In winter, In summer, Today, Yesterday, Once more, A little later',
);
const manners = words('slowly quickly carefully bravely quietly again often rarely always never gladly almost nearly simply');
const qualities = words('good bad small large cheap new fast slow strange simple fine poor strong weak short long heavy light');
const places = list(
  'in the lab, at home, on the train, in the office, at school, in the garden, by the sea, in the kitchen, at work, in the city',
);

function words(text: string): readonly string[] {
  return text.split(' ');
}

function list(text: string): readonly string[] {
  return text.split(', ');
}

type Form = (story: Story, draw: Draw) => string;

/** How a paragraph begins. */
const openings: readonly Form[] = [
  (s, d) => `${s.person} has a ${d.pick(qualities)} ${s.model} that is too ${d.pick(qualities)} for the ${s.device}.`,
  (s, d) => `${d.pick(times)} ${s.person} wants to run a ${s.model} on a ${d.pick(qualities)} ${s.device} ${d.pick(places)}.`,
  (s, d) => `${s.person} ${d.pick(manners)} trained a ${s.model} for ${d.pick(counts)} days ${d.pick(places)}.`,
  (s, d) => `The ${s.model} of ${s.person} needs ${d.pick(counts)} times too much memory on the ${d.pick(qualities)} ${s.device}.`,
  (s, d) => `${d.pick(times)} ${s.person} ${d.pick(manners)} quantized a ${s.model} to ${s.bits} bits.`,
  (s, d) => `${s.person} and ${s.other} share a ${d.pick(qualities)} ${s.device} and a ${d.pick(qualities)} ${s.model} ${d.pick(places)}.`,
];

/** How it says how many bits there are. */
const choices: readonly Form[] = [
  (s, d) => `${s.pronoun} ${d.pick(manners)} stores each weight in ${s.bits} bits by ${s.method}.`,
  (s, d) => `${d.pick(times)} ${s.person} chose ${s.bits} bits and ${s.method}.`,
  (s, d) => `With ${s.method} ${s.person} ${d.pick(manners)} came down to ${s.bits} bits ${d.pick(places)}.`,
  (s, d) => `After ${d.pick(counts)} ${d.pick(qualities)} hours ${s.person} had every weight in ${s.bits} bits.`,
];

/** What follows; each uses what came before. */
const continuations: readonly Form[] = [
  (s, d) => `A ${d.pick(qualities)} weight of ${s.bits} bits has ${2 ** s.bits} levels.`,
  (s, d) => `With ${s.bits} bits the ${d.pick(qualities)} ${s.model} is ${ratio(s.bits)} times smaller than in float32.`,
  (s, d) => `${d.pick(times)} the ${s.layer} of the ${s.model} was hurt most.`,
  (s, d) => `Only the ${d.pick(qualities)} ${s.layer} stays in float16, the rest of the ${s.model} has ${s.bits} bits.`,
  (s, d) => `Because of ${d.pick(causes)}, ${d.pick(effects)} in the ${s.layer}.`,
  (s, d) => `Against ${d.pick(causes)} ${s.person} ${d.pick(manners)} uses ${d.pick(cures)}.`,
  (s, d) => `${s.pronoun} ${d.pick(manners)} measures ${d.pick(measures)} on ${d.pick(texts)}.`,
  (s, d) => `${s.person} compares ${d.pick(measures)} before and after with ${d.pick(texts)} ${d.pick(places)}.`,
  (s, d) => `${s.other} ${d.pick(manners)} says that ${d.pick(cures)} helps more than ${d.pick(cures)}.`,
  (s, d) => `${d.pick(times)} ${s.other} asked ${s.person} why the ${s.layer} needs more than ${s.bits} bits.`,
  (s, d) => `When ${s.other} tried ${s.fewer} bits ${d.pick(places)}, the ${s.model} ${d.pick(manners)} gave ${d.pick(qualities)} answers.`,
  (s, d) => `With ${s.fewer} bits only ${2 ** s.fewer} levels are left, and ${s.person} found the answers ${d.pick(qualities)}.`,
  (s, d) => `The ${d.pick(qualities)} ${s.device} reads the weights ${d.pick(counts)} times faster now.`,
  (s, d) => `In the ${s.layer} the error is ${d.pick(counts)} times larger than ${d.pick(places)}.`,
  (s, d) => `Never calibrate on the test data, says ${s.other}, or ${d.pick(measures)} will look too ${d.pick(qualities)}.`,
  (s, d) => `If ${d.pick(effects)}, then ${s.person} ${d.pick(manners)} tries ${d.pick(cures)}.`,
  (s, d) =>
    `A ${d.pick(qualities)} code is the number of the nearest grid point, and the ${d.pick(qualities)} scale of ${s.person} is the width of a step.`,
  (s, d) => `The scale of the ${d.pick(qualities)} ${s.layer} comes from ${d.pick(causes)}.`,
];

/** How it ends. */
const endings: readonly Form[] = [
  (s, d) => `Now the ${d.pick(qualities)} ${s.model} of ${s.person} fits on the ${d.pick(qualities)} ${s.device}.`,
  (_, d) => `${d.pick(times)} ${d.pick(measures)} was almost as ${d.pick(qualities)} as before.`,
  (s, d) => `So ${s.bits} bits are ${d.pick(manners)} enough for the ${d.pick(qualities)} ${s.model}.`,
  (s, d) => `That is why ${s.person} ${d.pick(manners)} kept ${s.bits} bits for the ${s.model}.`,
  (s, d) => `${d.pick(times)} ${s.person} ${d.pick(manners)} gave the ${s.model} to ${s.other}.`,
];

function paragraph(draw: Draw, part: TextPart): string {
  for (;;) {
    const story = storyOf(draw);
    const middle = Array.from({length: draw.integer(2, 4)}, () => continuations);
    const sentences = [openings, choices, ...middle, endings].map(forms => sentence(forms, story, draw, part));
    if (sentences.every(found => found !== undefined) && new Set(sentences).size === sentences.length) return sentences.join(' ');
  }
}

/** One that belongs to the part; undefined where this story seems to have none. */
function sentence(forms: readonly Form[], story: Story, draw: Draw, part: TextPart): string | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    const found = draw.pick(forms)(story, draw);
    if (isHidden(found) === (part === 'hidden')) return found;
  }
  return undefined;
}

function storyOf(draw: Draw): Story {
  const pronoun = draw.pick(['She', 'He'] as const);
  const person = draw.pick(people[pronoun]);
  const others = [...people.She, ...people.He].filter(name => name !== person);
  const bits = draw.pick([3, 4, 5, 6, 8]);
  return {
    pronoun,
    person,
    other: draw.pick(others),
    model: draw.pick(models),
    device: draw.pick(devices),
    layer: draw.pick(layers),
    method: draw.pick(methods),
    bits,
    fewer: bits - 1,
  };
}

/** 32 bits by these. */
function ratio(bits: number): string {
  const times = 32 / bits;
  return Number.isInteger(times) ? String(times) : times.toFixed(1);
}
