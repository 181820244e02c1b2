import type {Report, ReportPart} from './report.ts';
import {svgBar, svgDocument, svgText} from './svg.ts';
import {describeBits, describeBytes, percent} from './table.ts';

const width = 360;
const margin = 12;
const inner = width - 2 * margin;
const rowHeight = 46;
/** What a picture holds that one still reads; the table has all. */
const mostRows = 40;
/** An SQNR below this is marked: the noise is a tenth of the signal's power. */
const poorDb = 10;
/** What fills the bar: that of 10 bits, of which each is worth 6 dB. */
const fullDb = 60;

/** Bytes before and after, and the SQNR, of each part; the worst `mostRows` by SQNR where there are more. */
export function reportPicture(report: Report): string {
  const {title, parts, originalBytes, bytes, elements, errors, accuracy, of} = report;
  const worst = new Set([...parts].sort((a, b) => decibels(a) - decibels(b) || 0).slice(0, mostRows));
  const shown = parts.filter(part => worst.has(part));
  const ratio = originalBytes / bytes;
  const facts = [
    `${describeBytes(originalBytes)} → ${describeBytes(bytes)}, ${ratio.toFixed(2)} times smaller`,
    `${describeBits(bytes, elements)} bits a ${of === 'values' ? 'value' : 'weight'}, SQNR ${describeDb(errors.sqnrDb)}`,
    ...(accuracy ? [`accuracy ${percent(accuracy.original)} → ${percent(accuracy.quantized)} of ${accuracy.examples}`] : []),
  ];
  const top = 36 + facts.length * 17;
  const more = parts.length - shown.length;
  const largest = Math.max(...shown.map(part => Math.max(part.originalBytes, part.bytes)), 1);
  const legend = top + 8;
  const rows = shown.map((part, i) => drawn(part, legend + 18 + i * rowHeight, largest));
  const end = legend + 18 + shown.length * rowHeight;
  const moreWords = `and ${more} more, with less noise than these`;
  return svgDocument({
    width,
    height: end + (more > 0 ? 22 : 6),
    alt: [title, ...facts, ...shown.map(describePart), ...(more > 0 ? [moreWords] : [])].join('. '),
    parts: [
      svgText(margin, 24, title, 48, {bold: true}),
      ...facts.map((fact, i) => svgText(margin, 44 + i * 17, fact, 58)),
      svgBar(margin, legend - 3, 10, 8, 'before') + svgText(margin + 14, legend + 5, 'bytes before', 20, {kind: 'faint'}),
      svgBar(margin + 100, legend - 3, 10, 8, 'after') + svgText(margin + 114, legend + 5, 'after', 20, {kind: 'faint'}),
      svgText(width - margin, legend + 5, of === 'values' ? 'SQNR' : 'SQNR of output', 20, {anchor: 'end', kind: 'faint'}),
      ...rows,
      ...(more > 0 ? [svgText(margin, end + 10, moreWords, 58, {kind: 'faint'})] : []),
    ],
  });
}

/** Its name and its numbers, over a bar of its bytes at the left and one of its SQNR at the right. */
function drawn(part: ReportPart, y: number, largest: number): string {
  const {name, originalBytes, bytes, errors} = part;
  const left = inner * 0.62;
  const right = inner - left - 10;
  const db = errors?.sqnrDb;
  // NaN has no length.
  const share = db !== undefined && db > 0 ? Math.min(db, fullDb) / fullDb : 0;
  const poor = db !== undefined && !(db >= poorDb);
  const length = (n: number): number => (n / largest) * left;
  return [
    `<line class="line" x1="${margin}" x2="${width - margin}" y1="${y}" y2="${y}"/>`,
    svgText(margin, y + 17, name, 34),
    svgText(width - margin, y + 17, db === undefined ? '–' : describeDb(db), 14, {
      anchor: 'end',
      ...(poor && {kind: 'bad' as const, bold: true}),
    }),
    svgBar(margin, y + 24, length(originalBytes), 5, 'before'),
    svgBar(margin, y + 31, length(bytes), 5, 'after'),
    svgBar(width - margin - right * share, y + 24, right * share, 12, poor ? 'bad' : 'after'),
  ].join('');
}

function decibels({errors}: ReportPart): number {
  const db = errors?.sqnrDb ?? Infinity;
  return Number.isNaN(db) ? -Infinity : db;
}

function describeDb(db: number): string {
  if (Number.isNaN(db)) return 'NaN';
  return db === Infinity ? 'no noise' : db === -Infinity ? 'only noise' : `${db.toFixed(1)} dB`;
}

function describePart({name, originalBytes, bytes, errors}: ReportPart): string {
  const sizes = originalBytes || bytes ? ` ${describeBytes(originalBytes)} → ${describeBytes(bytes)}` : '';
  return `${name}${sizes}${errors ? `, ${describeDb(errors.sqnrDb)}` : ''}`;
}
