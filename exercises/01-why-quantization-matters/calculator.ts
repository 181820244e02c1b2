import {type Shown, shown} from '../../checking/notebook.ts';

const [width, rowHeight, left, right] = [640, 34, 92, 96];
const widths = [32, 16, 8, 4, 2];
/** What people have, and how much fits in its memory, in GB. */
const places = [
  {name: 'a 16 GB laptop', gigabytes: 16},
  {name: 'a 24 GB graphics card', gigabytes: 24},
  {name: 'an 80 GB data-centre card', gigabytes: 80},
  {name: 'eight of those', gigabytes: 640},
];
const blue = 'var(--jp-brand-color1, light-dark(#1565c0, #64b5f6))';
const faint = 'var(--jp-ui-font-color2, light-dark(#666, #aaa))';

/** What a model's weights take at a width, how long it takes to read them once at a bandwidth in GB/s, and where they fit. */
export function calculator(params: number, bits: number, bandwidth: number): Shown {
  const gigabytes = (params * bits) / 8 / 1e9;
  const milliseconds = (gigabytes / bandwidth) * 1000;
  const facts = [
    `${tidy(gigabytes)} GB`,
    `${tidy(milliseconds)} ms to read once`,
    `at most ${tidy(1000 / milliseconds)} tokens/s`,
    bits === 32 ? 'the baseline' : `${tidy(32 / bits)}× float32`,
  ];
  const fits = places.map(place => `${gigabytes <= place.gigabytes ? '✓ fits in' : '✗ too large for'} ${place.name}`);
  return shown({
    'text/plain': `${facts.join(' · ')}\n${fits.join(' · ')}`,
    'text/html':
      `<div style="max-width:${width}px"><div style="font-size:1.15em;font-weight:600;font-variant-numeric:tabular-nums">${facts.join(' · ')}</div>` +
      `${bars(params, bits)}<div>${fits.map(fit => `<span style="display:inline-block;margin-right:1.2em">${fit}</span>`).join('')}</div></div>`,
  });
}

/** The weights at every width; the chosen one is marked by its sign, its frame and its colour. */
function bars(params: number, chosen: number): string {
  const gigabytesAt = (bits: number): number => (params * bits) / 8 / 1e9;
  const most = gigabytesAt(32);
  const rows = widths.map((bits, i) => {
    const y = 8 + i * rowHeight;
    const long = ((width - left - right) * gigabytesAt(bits)) / most;
    const isChosen = bits === chosen;
    const style = isChosen ? `fill="${blue}" stroke="currentColor" stroke-width="2"` : `fill="${faint}" fill-opacity=".35"`;
    const weight = isChosen ? ' font-weight="600"' : '';
    return (
      `<text x="${left - 8}" y="${y + 18}" text-anchor="end" fill="currentColor"${weight}>${isChosen ? '▶ ' : ''}${bits} bits</text>` +
      `<rect x="${left}" y="${y}" width="${long.toFixed(1)}" height="${rowHeight - 8}" ${style}/>` +
      `<text x="${(left + long + 8).toFixed(1)}" y="${y + 18}" fill="currentColor"${weight}>${tidy(gigabytesAt(bits))} GB</text>`
    );
  });
  const height = 8 + widths.length * rowHeight;
  return (
    `<svg role="img" aria-label="Memory of the weights at 32, 16, 8, 4 and 2 bits; ${chosen} bits are chosen" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" style="max-width:100%;height:auto;display:block;font:15px system-ui,sans-serif">${rows.join('')}</svg>`
  );
}

const tidy = (value: number): string => (value >= 1000 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en');
