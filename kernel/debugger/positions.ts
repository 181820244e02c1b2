import {decode} from '@jridgewell/sourcemap-codec';

/** Lines counted from 1, columns from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One place of the code that runs, and the one that was typed for it; lines and columns from 0. */
type Segment = readonly [column: number, typedLine: number, typedColumn: number];

/** Where typed lines run, and the other way round. */
export class Positions {
  /** By running line, each sorted by column. */
  private readonly running: readonly (readonly Segment[])[];
  /** By typed line: the first place that runs for it. */
  private readonly first = new Map<number, Place>();
  private readonly typedLines: readonly number[];

  /** @param mappings of source maps, from what runs to what was typed; none: what runs is what was typed */
  constructor(
    private readonly mappings: readonly string[],
    text: string,
  ) {
    const [outer, ...inner] = mappings.map(decodeLines);
    this.running = (outer ?? identity(text)).map(segments => segments.flatMap(segment => through(segment, inner)));
    for (const [line, segments] of this.running.entries())
      for (const [column, typedLine] of segments) if (!this.first.has(typedLine)) this.first.set(typedLine, {line: line + 1, column});
    this.typedLines = [...this.first.keys()].sort((a, b) => a - b);
  }

  /** The place that was typed for one that runs. */
  typed({line, column}: Place): Place | undefined {
    if (!this.mappings.length) return {line, column};
    const segment = nearest(this.running[line - 1] ?? [], column);
    return segment && {line: segment[1] + 1, column: segment[2]};
  }

  /** Where a typed line starts to run; a line without code stands for the next that has some, or else for the last. */
  runningAt(line: number): (Place & {readonly typedLine: number}) | undefined {
    const typedLine = this.typedLines.find(each => each >= line - 1) ?? this.typedLines.at(-1);
    return typedLine === undefined ? undefined : {...this.first.get(typedLine)!, typedLine: typedLine + 1};
  }
}

function decodeLines(mappings: string): Segment[][] {
  return decode(mappings).map(line =>
    line.flatMap(([column, , typedLine, typedColumn]) =>
      typedLine === undefined || typedColumn === undefined ? [] : [[column, typedLine, typedColumn] as const],
    ),
  );
}

/** Lines that hold more than space stand for themselves. */
function identity(text: string): Segment[][] {
  return text.split('\n').map((content, line) => (content.trim() ? [[content.search(/\S/), line, content.search(/\S/)]] : []));
}

function through([column, line, typedColumn]: Segment, inner: readonly Segment[][][]): Segment[] {
  let place: readonly [number, number] = [line, typedColumn];
  for (const lines of inner) {
    const segment = nearest(lines[place[0]] ?? [], place[1]);
    if (!segment) return []; // written by us, typed by nobody
    place = [segment[1], segment[2]];
  }
  return [[column, ...place]];
}

/** The segment that holds the column; before the first one, that one. */
function nearest(segments: readonly Segment[], column: number): Segment | undefined {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]![0] <= column) low = middle + 1;
    else high = middle;
  }
  return segments[Math.max(0, low - 1)];
}
