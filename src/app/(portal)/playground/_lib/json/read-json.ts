import {
  createScanner,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";

/** A problem in a text and its position; lines and columns count from 1. */
export interface TextProblem {
  message: string;
  line: number;
  column: number;
  offset: number;
}

export type Path = readonly (string | number)[];

export interface JsonText {
  value: unknown;
  /** Where the value at a path begins; the nearest one above it that is there. */
  offsetOf(path: Path): number;
}

const MAX_DEPTH = 200;
const MISSING = "A value is missing at the end";

/**
 * JSON with its positions. It takes what `JSON.parse` takes, except for a name twice in one object, which is always a
 * slip. Browsers word a parser's error each in their own way, and some without a position: these messages are ours.
 */
export function readJson(text: string): { json: JsonText } | { problem: TextProblem } {
  const tooDeep = findTooDeep(text);
  if (tooDeep) return { problem: problemAt(text, tooDeep.offset, "This is nested too deeply") };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (error) return { problem: describe(text, error, root) };
  if (!root) return { problem: problemAt(text, 0, MISSING) };
  const twice = findRepeatedName(root);
  if (twice) return { problem: problemAt(text, twice.offset, `"${twice.value}" appears twice`) };
  return { json: { value: JSON.parse(text), offsetOf: (path) => offsetOf(root, path) } };
}

export function problemAt(text: string, offset: number, message: string): TextProblem {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { message, line, column: offset - before.lastIndexOf("\n"), offset };
}

function offsetOf(root: Node, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return node.offset;
  }
  return root.offset;
}

/** The tokens of a text, each by its first character; its value is the text without the quotes around it. */
function* tokensOf(text: string) {
  const scanner = createScanner(text, true);
  for (;;) {
    scanner.scan();
    if (scanner.getTokenLength() === 0) return;
    const offset = scanner.getTokenOffset();
    yield { offset, first: text.charAt(offset), value: scanner.getTokenValue() };
  }
}

/** The bracket that nests deeper than the parser's recursion can take. */
function findTooDeep(text: string) {
  let depth = 0;
  for (const token of tokensOf(text)) {
    if ("{[".includes(token.first)) depth++;
    if ("}]".includes(token.first)) depth--;
    if (depth > MAX_DEPTH) return token;
  }
  return undefined;
}

/** The second property of a name within one object. */
function findRepeatedName(node: Node): Node | undefined {
  const names = new Set<unknown>();
  for (const child of node.children ?? []) {
    const [name] = child.type === "property" ? (child.children ?? []) : [];
    if (name && names.has(name.value)) return name;
    if (name) names.add(name.value);
    const inside = findRepeatedName(child);
    if (inside) return inside;
  }
  return undefined;
}

/** The context before an offset: the innermost open bracket and the last token. */
function contextAt(text: string, offset: number) {
  const open: string[] = [];
  let last = { offset: 0, first: "", value: "" };
  for (const token of tokensOf(text)) {
    if (token.offset >= offset) break;
    if ("{[".includes(token.first)) open.push(token.first);
    if ("}]".includes(token.first)) open.pop();
    last = token;
  }
  return { bracket: open.at(-1), last };
}

function describe(text: string, error: ParseError, root: Node | undefined): TextProblem {
  const { offset, length } = error;
  const { bracket, last } = contextAt(text, offset);
  const next = text.charAt(offset);
  const say = (message: string, at = offset) => problemAt(text, at, message);
  switch (printParseErrorCode(error.error)) {
    case "UnexpectedEndOfString":
      return say("This text has no closing quote on its line");
    case "InvalidEscapeCharacter":
    case "InvalidUnicode":
      return say("This text has an escape that JSON doesn’t allow");
    case "InvalidCharacter":
      return say("This text has a control character, which JSON needs escaped");
    case "InvalidCommentToken":
    case "UnexpectedEndOfComment":
      return say("JSON doesn’t allow comments");
    case "ColonExpected":
      return say(`Add a colon after "${last.value}"`);
    case "CommaExpected":
    case "CloseBraceExpected":
    case "CloseBracketExpected":
      return say(`A comma or ${bracket === "{" ? "}" : "]"} is missing here`);
    default:
  }
  if (root && bracket === undefined && offset >= root.offset + root.length)
    return say("Nothing may follow the value");
  if (next === "") return say(MISSING);
  if (last.first === "," && "}]".includes(next))
    return say("Remove the comma before this bracket", last.offset);
  if (bracket === "{" && "{,".includes(last.first)) return say("Property names need double quotes");
  if ("{}[],:".includes(next)) return say(`A value is missing before "${next}"`);
  if (next === "'") return say("Text needs double quotes");
  return say(`"${text.slice(offset, offset + length)}" isn’t a JSON value; text needs double quotes`);
}
