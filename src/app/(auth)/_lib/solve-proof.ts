interface Challenge {
  algorithm: string;
  challenge: string;
  maxnumber: number;
  salt: string;
  signature: string;
}

/** So many hashes are under way at a time; between two groups the page can draw and be typed in. */
const AT_ONCE = 512;

/** The number whose digits after the salt hash to the challenge, in ALTCHA's form: base64 of JSON. */
export async function solveProof({
  algorithm,
  challenge,
  maxnumber,
  salt,
  signature,
}: Challenge): Promise<string> {
  for (let from = 0; from <= maxnumber; from += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, at) => from + at);
    const hashes = await Promise.all(numbers.map((number) => sha256(`${salt}${number}`)));
    const at = hashes.indexOf(challenge);
    if (at !== -1) return btoa(JSON.stringify({ algorithm, challenge, number: from + at, salt, signature }));
  }
  throw new Error("the challenge has no solution");
}

async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
