/** Text whose characters are the bytes of UTF-8, as streams are read, and the text that those bytes are. */

const BEYOND_ASCII = /[^\x00-\x7f]/;

export function fromLatin1(bytes: string): string {
  return BEYOND_ASCII.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}

export function toLatin1(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}
