import { AppError } from "../../platform";
import { isBreachedPassword } from "./breached-password";
import { isCommonPassword } from "./common-password";
import { normalizePassword } from "./password";

const MIN_LENGTH = 12;
const MAX_LENGTH = 128;
/** The length that must remain without the product's name and the user's own. */
const MIN_OWN_LENGTH = 8;

export interface PasswordOwner {
  email: string;
  name: string;
}

/**
 * Length and strength instead of composition rules (NIST SP 800-63B §3.1.1.2, OWASP ASVS V6.2): at least 12 characters,
 * no breached or common password nor a variation of one, and not mostly the product's name or the user's own.
 * @throws AppError `weak_password`, with the reason.
 */
export async function assertStrongPassword(
  password: string,
  owner: PasswordOwner,
  param = "password",
): Promise<void> {
  const text = normalizePassword(password);
  const weak = (why: string) => new AppError("weak_password", { public: why, param });
  const length = [...text].length;
  if (!text.isWellFormed()) throw weak("The password must be valid Unicode.");
  if (length < MIN_LENGTH) throw weak(`The password must have at least ${MIN_LENGTH} characters.`);
  if (length > MAX_LENGTH) throw weak(`The password must have at most ${MAX_LENGTH} characters.`);
  if ([...withoutOwnWords(text, owner)].length < MIN_OWN_LENGTH) {
    throw weak("The password is too close to your name, your email or our name. Choose another.");
  }
  if (await isCommonPassword(text)) {
    throw weak("The password is common or easy to guess. Choose another, for example four unrelated words.");
  }
  if (await isBreachedPassword(text)) {
    throw weak("The password is in a known data breach. Choose one that you use nowhere else.");
  }
}

function withoutOwnWords(text: string, { email, name }: PasswordOwner): string {
  const local = email.slice(0, email.lastIndexOf("@"));
  const words = ["agathaai", "agatha", local, ...`${local} ${name}`.split(/[^\p{L}\p{N}]+/u)]
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length);
  return words.reduce((rest, word) => rest.replaceAll(word, ""), text.toLowerCase());
}
