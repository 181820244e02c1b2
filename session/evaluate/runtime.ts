/** How rewritten code reaches the session's own functions; modules/ defines it. */
export const runtime = '__snapgrid__';
