/** The first characters of a text as one of its own: a slice would keep all of the text that it is of in memory. */
export function firstCharacters(text: string, limit: number): string {
  return text.length <= limit ? text : Buffer.from(text.slice(0, limit), 'utf16le').toString('utf16le');
}
