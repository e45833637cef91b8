/**
 * JSON with the numbers that a double cannot hold kept as text, digit for digit: `JSON.parse` would round them, and so
 * would a provider whose objects are made of doubles (Gemini's are `google.protobuf.Struct`).
 */

/** The same document with each such number as a string, `prefix` before its digits. Anything else stays as it is. */
export function quoteInexactNumbers(json: string, prefix = ""): string {
  if (!/\d{16}|\d[.eE]/.test(json)) return json;
  let result = "";
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) {
      at = endOfString(json, at);
    } else if (character === MINUS || (character >= ZERO && character <= NINE)) {
      NUMBER.lastIndex = at;
      const token = NUMBER.exec(json)?.[0] ?? json.charAt(at);
      if (!isExact(token)) {
        result += `${json.slice(copied, at)}"${prefix}${token}"`;
        copied = at + token.length;
      }
      at += token.length;
    } else at += 1;
  }
  return result + json.slice(copied);
}

/** Takes back what `quoteInexactNumbers` did with this prefix: numbers again, with all their digits. */
export function unquoteNumbers(json: string, prefix: string): string {
  return json.includes(prefix)
    ? json.replaceAll(new RegExp(`"${prefix}(-?\\d[\\d.eE+-]*)"`, "g"), "$1")
    : json;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charCodeAt(at) !== QUOTE) at += json.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function isExact(token: string): boolean {
  const value = String(Number(token));
  if (value === token) return true;
  // A whole number written out comes back as it was written, or not at all (1e+21 is no way to write an id).
  return /^-?\d+$/.test(token) ? Number(token) === 0 : decimal(value) === decimal(token);
}

/** One way of writing a decimal: its digits without zeros at either end, and where the point is. */
function decimal(token: string): string {
  const [, sign = "", whole = "", fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  if (short === "") return "0";
  return `${sign}${short}e${Number(power) - fraction.length + digits.length - short.length}`;
}
