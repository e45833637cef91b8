/** The text with a capital letter in front, as sentences, subjects and labels begin. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
