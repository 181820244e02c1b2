import {createHash} from 'node:crypto';
import {Markup, markup, type Piece} from './markup.ts';
import {style} from './style.ts';

export interface PageParts {
  readonly title: string;
  /** Inside the banner at the top. */
  readonly banner: Piece;
  readonly content: Piece;
  readonly footer: Piece;
}

/** A whole page in one file. It runs no script and asks no other machine for anything; its policy forbids both, should anything ever slip through. */
export function page({content, ...parts}: PageParts): string {
  const {top, bottom} = pageFrame(parts);
  return top + markup`${content}`.text + bottom;
}

/** What stands before and behind a page's content: for one that is written piece by piece. */
export function pageFrame({title, banner, footer}: Omit<PageParts, 'content'>): {readonly top: string; readonly bottom: string} {
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const top = markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#content">To the results</a>
<header class="top"><div class="wide"><div class="brand">${mark} snapgrid</div>${banner}</div></header>
<main class="wide" id="content">
`;
  const bottom = markup`
</main>
<footer><div class="wide">${footer}</div></footer>
</body>
</html>
`;
  return {top: `<!doctype html>\n${top.text}`, bottom: bottom.text};
}

/** Four grid points, and a value on its way to the nearest. */
const mark = markup`<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="currentColor"><circle cx="4" cy="4" r="1.6"/><circle cx="16" cy="4" r="1.6"/><circle cx="4" cy="16" r="1.6"/><circle cx="16" cy="16" r="3.2"/><path d="M9 9l4 4" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>`;
