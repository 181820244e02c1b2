/** `2026-12-01 23:59`, as clocks of a time zone show it. */
export function localTime(iso: string, timezone: string): string {
  // Swedes write dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', {dateStyle: 'short', timeStyle: 'short', timeZone: timezone}).format(new Date(iso));
}
