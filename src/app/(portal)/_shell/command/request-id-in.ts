/** The request ID in a pasted text: alone, quoted, or inside a URL or a log line. */
export function requestIdIn(text: string): string | null {
  return /(?<![0-9a-z])inf_[0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9a-z])/i.exec(text)?.[0].toLowerCase() ?? null;
}
