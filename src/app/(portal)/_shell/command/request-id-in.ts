/** The id of a request in what was pasted: alone, quoted, or inside an address or a line of a log. */
export function requestIdIn(text: string): string | null {
  return /(?<![0-9a-z])inf_[0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9a-z])/i.exec(text)?.[0].toLowerCase() ?? null;
}
