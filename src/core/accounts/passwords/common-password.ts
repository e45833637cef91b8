let list: Promise<ReadonlySet<string>> | undefined;

/** Some 49,000 leaked and common passwords, loaded on first use because workers never need them. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  list ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set(dictionary["passwords-common"]),
  );
  return list;
}

/** With more characters than this around a common password, the whole is no longer common. */
const MAX_DECORATION = 8;
const MIN_DISTINCT = 5;
/** The largest allowed share of characters that repeat or neighbor the one before. */
const MAX_REGULAR_SHARE = 0.6;

/**
 * Whether a password is on the list of leaked ones or a usual variation of one (numbered, doubled, spaced, leet spelling),
 * a row of neighboring characters, or few characters repeated. Linear in the length, unlike scoring pattern matchers.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  const text = password.toLowerCase();
  if (new Set(text).size < MIN_DISTINCT || regularShare(text) > MAX_REGULAR_SHARE) return true;
  const common = await commonPasswords();
  return undressed(text).some((form) => common.has(form));
}

/** The forms to look up: as typed, without decoration, once instead of doubled, without leet spelling. */
function undressed(text: string): string[] {
  const compact = text.replace(/[\s._-]+/g, "");
  const spellings = [compact, bare(compact)].flatMap((form) => [form, ...leetReadings(form)]);
  return [text, ...spellings].flatMap((form) => [
    form,
    bare(form),
    unit(form),
    unit(bare(form)),
    bare(unit(form)),
  ]);
}

/** Without digits and signs around it, if they are few. */
function bare(text: string): string {
  const core = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  return core.length > 0 && text.length - core.length <= MAX_DECORATION ? core : text;
}

/** `abcabc` → `abc`. */
function unit(text: string): string {
  const period = (text + text).indexOf(text, 1);
  return text.slice(0, period);
}

const leet: Record<string, string> = { "0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", $: "s" };

function leetReadings(text: string): string[] {
  const plain = text.replace(/[03457@$]/g, (character) => leet[character] ?? character);
  return [plain.replace(/[1!|]/g, "i"), plain.replace(/[1!|]/g, "l"), plain];
}

function regularShare(text: string): number {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const regular = codes.slice(1).filter((code, i) => Math.abs(code - (codes[i] ?? 0)) <= 1).length;
  return regular / Math.max(1, codes.length - 1);
}
