/** One line of a CSV file (RFC 4180) of cells that `csvCell` made. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.join(",")}\r\n`;
}

/**
 * A CSV cell (RFC 4180). A leading apostrophe keeps a spreadsheet from running text as a formula, such as a key named
 * `=HYPERLINK(…)`. Numbers are ours and stay numbers.
 */
export function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const plain = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
