/** Server-sent events end with an empty line, and JSON has none in it. */
const END = "\n\n";

export function countEvents(text: string): number {
  let count = 0;
  for (let at = text.indexOf(END); at !== -1; at = text.indexOf(END, at + END.length)) count += 1;
  return count;
}

/** The events with an `id` each, counted from `first`; those up to `after` are left out. */
export function numberEvents(text: string, first: number, after = 0): string {
  let numbered = "";
  let number = first;
  for (
    let from = 0, end = text.indexOf(END);
    end !== -1;
    from = end + END.length, end = text.indexOf(END, from)
  ) {
    if (number > after) numbered += `id: ${number}\n${text.slice(from, end + END.length)}`;
    number += 1;
  }
  return numbered;
}
