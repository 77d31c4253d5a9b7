/**
 * A line of CSV, with its end. Spreadsheets take a cell that begins with = + - @ or a tab for a formula and would carry
 * it out; such a cell gets an apostrophe in front, which makes it text.
 */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cellOf).join(',')}\r\n`

function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
