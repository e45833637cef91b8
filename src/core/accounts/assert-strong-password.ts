import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { AppError } from "../platform/errors";
import { normalizePassword } from "./password";

const MIN_LENGTH = 12;
const MAX_LENGTH = 128;
/** What must remain once the product's name and the person's own are taken out. */
const MIN_OWN_LENGTH = 8;
/** zxcvbn's scale: below 2 a password falls to under a million guesses, as everything on breach lists does. */
const MIN_SCORE = 2;
/** The estimate's cost grows steeply with length, and 40 characters decide it. */
const MAX_ESTIMATED = 40;

export interface PasswordOwner {
  email: string;
  name: string;
}

/**
 * Length and strength instead of composition rules (NIST SP 800-63B §3.1.1.2, OWASP ASVS V6.2): at least 12
 * characters, nothing that is on a list of breached and common passwords or a pattern over one (doubled, numbered, in
 * leet spelling, walked on the keyboard), nothing that is mostly the product's name or the person's own.
 * @throws AppError `weak_password`, saying which.
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
    throw weak("The password is too close to your name, your e-mail address or ours. Choose another.");
  }
  const estimator = await loadEstimator();
  if (estimator.check([...text].slice(0, MAX_ESTIMATED).join("")).score < MIN_SCORE) {
    throw weak("The password is common or easy to guess. Choose another, for example four unrelated words.");
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

let estimator: Promise<ZxcvbnFactory> | undefined;

/** Its lists take a moment and some memory: a worker, which judges no passwords, never loads them. */
function loadEstimator(): Promise<ZxcvbnFactory> {
  estimator ??= Promise.all([import("@zxcvbn-ts/core"), import("@zxcvbn-ts/language-common")]).then(
    ([{ ZxcvbnFactory: Factory }, { adjacencyGraphs, dictionary }]) =>
      new Factory({ dictionary, graphs: adjacencyGraphs }),
  );
  return estimator;
}
