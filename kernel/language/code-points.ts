/** Jupyter counts Unicode code points, JavaScript and the language server count UTF-16 units: `𝑥` is one of those and two of these. */
export function unitsOf(text: string, codePoints: number): number {
  let units = 0;
  for (let left = codePoints; left > 0 && units < text.length; left--) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

export function codePointsOf(text: string, units: number): number {
  let codePoints = 0;
  for (let at = 0; at < Math.min(units, text.length); codePoints++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return codePoints;
}
