/**
 * The commands of a program in a text of the shell, wherever they begin: each from its name to where the shell ends it, so that
 * a substitution's inner command is one of its own. Quotation marks are kept: a shell has to read it again.
 */
export function commandsOf(program: string, text: string): string[] {
  const joined = text.replaceAll(/\\\n\s*/g, " ");
  const starts = [...joined.matchAll(new RegExp(`(?<![\\w./-])${program} (?=[a-z])`, "g"))];
  return starts.map(({ index }) => joined.slice(index, endOf(joined, index)).trim());
}

const ENDS = new Set(["\n", "|", ";", ")", ">", "&", "`"]);

function endOf(text: string, from: number): number {
  let quote = "";
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\\") at += 1;
    else if (quote === "'") quote = character === "'" ? "" : quote;
    else if (character === "$" && text[at + 1] === "(") {
      depth += 1;
      at += 1;
    } else if (depth > 0 && character === ")") depth -= 1;
    else if (quote === '"') quote = character === '"' && depth === 0 ? "" : quote;
    else if (depth === 0 && (character === "'" || character === '"')) quote = character;
    else if (depth === 0 && ENDS.has(character)) return at;
  }
  return text.length;
}
