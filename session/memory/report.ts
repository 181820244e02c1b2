import {bytesText, counted, shorten} from '../display/markup.ts';
import {collectGarbage} from './collect.ts';
import type {Memory} from './index.ts';
import type {Entry, Ledger} from './ledger.ts';
import {namedTensors, tensorsIn} from './reach.ts';

const shownPlaces = 5;

/**
 * Reports the tensors that are alive and that nobody can dispose any more. What no variable leads to is only a suspicion (closures, private
 * fields, promises hold things too): the garbage collector is the judge. A tensor whose wrapper it takes is lost for certain.
 */
export async function reportLeaks(memory: Memory, ledger: Ledger, shown: unknown): Promise<void> {
  ledger.changed = false;
  ledger.resolve();
  const values = tensorsIn(ledger.tf, shown);
  const named = namedTensors(ledger.tf, memory.builtins);
  const suspects: Entry[] = [];
  for (const entry of ledger.entries.values()) {
    if (named.has(entry.id)) [entry.survived, entry.named] = [false, true];
    else if (values.has(entry.id)) entry.shown = true;
    else if (entry.variable === undefined && !entry.shown) suspects.push(entry);
  }
  if (!suspects.length) return;
  if (suspects.some(({dead, survived}) => !dead && !survived)) {
    if (memory.host.alone() && (await collectGarbage())) for (const entry of suspects) entry.survived = true;
    else ledger.changed = true; // another cell's end may judge them
  }
  const lost = suspects.filter(({id, dead}) => dead && ledger.entries.has(id));
  if (!lost.length) return;
  ledger.giveUp(lost);
  // What a library made by itself, in code that the learner cannot change, only stands in the list of tensors().
  const own = lost.filter(({place, reported}) => place && reported);
  const replaced = own.filter(entry => entry.named);
  const never = own.filter(entry => !entry.named);
  const texts = [...(never.length ? [leakText(never)] : []), ...(replaced.length ? [replacedText(replaced)] : [])];
  if (texts.length) memory.host.print(texts.join(''));
}

/** A variable held these: their lines are in order, and nothing is to be wrapped there. */
function replacedText(lost: readonly Entry[]): string {
  const one = lost.length === 1;
  const {many, groups} = summaryOf(lost);
  const where = groups.length === 1 ? ` made at ${groups[0]!.where}` : '';
  const why = `${one ? 'its variable has another value' : 'their variables have other values'} now, as after a cell ran again`;
  const advice = `Dispose ${one ? 'it' : 'them'} before that, or restart the kernel; a few do no harm.`;
  return `${many}${where} ${one ? 'is' : 'are'} held by no variable any more: ${why}. ${advice}\n`;
}

/** The lost tensors of one line. */
interface Group {
  readonly where: string;
  readonly code: string;
  count: number;
  bytes: number;
}

/** How many tensors and bytes were lost, and at which lines: that which lost most first. */
function summaryOf(lost: readonly Entry[]): {readonly many: string; readonly groups: readonly Group[]} {
  const groups = new Map<string, Group>();
  for (const {place, bytes} of lost) {
    const {text: where, code} = place!;
    const group = groups.get(where) ?? {where, code, count: 0, bytes: 0};
    group.count++;
    group.bytes += bytes;
    groups.set(where, group);
  }
  const bytes = lost.reduce((sum, entry) => sum + entry.bytes, 0);
  return {
    many: `${counted(lost.length, 'tensor')} (${bytesText(bytes)})`,
    groups: [...groups.values()].sort((a, b) => b.count - a.count),
  };
}

function leakText(lost: readonly Entry[]): string {
  const {many, groups} = summaryOf(lost);
  const one = lost.length === 1;
  const [first] = groups;
  const most = lost.some(({guessed}) => guessed) ? 'most ' : '';
  if (groups.length === 1) {
    const it = one ? 'it' : 'them';
    // What leaves a tidy was asked for: another tidy around it would change nothing.
    const advice = /\btidy\(/.test(first!.code)
      ? `tf.tidy gave ${it} back, dispose ${it} after use`
      : `wrap the line in tf.tidy(() => …) or dispose ${it}`;
    const where = `${many}${most && ','} ${most}made at ${first!.where}${most && ','}`;
    return `${where} ${one ? 'is' : 'are'} held by no variable: ${advice}.\n    ${shorten(first!.code, 100)}\n`;
  }
  const lines = groups
    .slice(0, shownPlaces)
    .map(
      group =>
        `  ${most && 'about '}${group.count.toLocaleString('en')} (${bytesText(group.bytes)}) at ${group.where}: ${shorten(group.code, 80)}`,
    );
  const more = groups.length > shownPlaces ? [`  and at ${groups.length - shownPlaces} more lines`] : [];
  return [`${many} are held by no variable: wrap these lines in tf.tidy(() => …) or dispose what they make.`, ...lines, ...more, ''].join(
    '\n',
  );
}
