export type Point = readonly [x: number, y: number];

/** How each digit is written: strokes as lists of points in the unit square, x to the right, y down. */
export const strokes: readonly (readonly (readonly Point[])[])[] = [
  [ellipse(0.5, 0.5, 0.31, 0.46)],
  [
    [
      [0.32, 0.24],
      [0.54, 0.05],
      [0.54, 0.95],
    ],
  ],
  [[...arc(0.5, 0.31, 0.28, 0.26, -170, 30), [0.2, 0.94], [0.82, 0.94]]],
  [arc(0.46, 0.28, 0.27, 0.23, -150, 90), arc(0.46, 0.72, 0.31, 0.23, -90, 150)],
  [
    [
      [0.64, 0.95],
      [0.64, 0.05],
      [0.16, 0.66],
      [0.86, 0.66],
    ],
  ],
  [[[0.78, 0.06], [0.29, 0.06], [0.26, 0.46], ...arc(0.48, 0.67, 0.3, 0.27, -125, 150)]],
  [[[0.7, 0.05], [0.42, 0.24], [0.25, 0.52], ...arc(0.5, 0.7, 0.27, 0.25, 180, 540)]],
  [
    [
      [0.18, 0.07],
      [0.82, 0.07],
      [0.42, 0.95],
    ],
  ],
  [ellipse(0.5, 0.28, 0.22, 0.22), ellipse(0.5, 0.73, 0.29, 0.23)],
  [[...arc(0.49, 0.31, 0.26, 0.25, 0, -360), [0.73, 0.6], [0.58, 0.95]]],
];

function ellipse(centerX: number, centerY: number, radiusX: number, radiusY: number): Point[] {
  return arc(centerX, centerY, radiusX, radiusY, -90, 270);
}

/** Points along an ellipse, `from` and `to` in degrees, clockwise from the right. */
function arc(centerX: number, centerY: number, radiusX: number, radiusY: number, from: number, to: number): Point[] {
  const steps = Math.ceil(Math.abs(to - from) / 30);
  return Array.from({length: steps + 1}, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [centerX + radiusX * Math.cos(angle), centerY + radiusY * Math.sin(angle)] as const;
  });
}
