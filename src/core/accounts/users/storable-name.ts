/** A name that somebody else tells us, within our limits: one line, at most 120 characters. */
export function storableName(name: string | null | undefined): string {
  return (name ?? "")
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .toWellFormed()
    .trim()
    .slice(0, 120)
    .toWellFormed();
}
