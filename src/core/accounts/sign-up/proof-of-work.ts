import { createHash, randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import { AppError, type Clock, type Db, MINUTE, systemClock } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { isKeyedHash, keyedHash } from "../../platform/crypto/keyed-hash";
import { env } from "../../platform/env";
import type { ProofChallengeView } from "../schemas";

/** How long a challenge can be solved and used: time to fill in the form. */
const CHALLENGE_MS = 20 * MINUTE;
/** Given where no proof is asked for, so that a client that solves every challenge loses no time. */
const BITS_WHEN_OFF = 8;

/**
 * A proof of work in ALTCHA's format (https://altcha.org/docs/v2/server-integration): the number below `maxnumber` whose
 * digits, after the salt, hash to `challenge`. The salt carries the expiry, and the signature binds all of it to us, so
 * nothing is stored until a solution is used.
 */
export function createProofChallenge(clock: Clock = systemClock): ProofChallengeView {
  const bits = env().SIGN_UP_PROOF_BITS;
  const maxnumber = 2 ** (bits === 0 ? BITS_WHEN_OFF : bits);
  const expires = Math.floor((clock.now().getTime() + CHALLENGE_MS) / 1_000);
  const salt = `${randomBytes(12).toString("hex")}?expires=${expires}&max=${maxnumber}`;
  const challenge = hashOf(salt, randomInt(maxnumber));
  return {
    required: bits > 0,
    algorithm: "SHA-256",
    challenge,
    maxnumber,
    salt,
    signature: Buffer.from(keyedHash(signedText(challenge, salt))).toString("hex"),
  };
}

const solutionSchema = z.object({
  algorithm: z.literal("SHA-256"),
  challenge: z.string().regex(/^[0-9a-f]{64}$/),
  number: z.int().min(0),
  salt: z.string().max(200),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Takes a solution: ours, not expired, as hard as is asked for now, and never used before. Call it first at a sign-up. Where
 * no proof is asked for, whatever is sent passes.
 * @throws AppError `proof_of_work_required`.
 */
export async function spendProof(
  db: Db,
  { proof }: { proof: string | undefined },
  clock: Clock = systemClock,
): Promise<void> {
  const bits = env().SIGN_UP_PROOF_BITS;
  if (bits === 0) return;
  const solution = solutionSchema.safeParse(parse(proof ?? ""));
  if (!solution.success) throw refused();
  const { challenge, number, salt, signature } = solution.data;
  if (!isKeyedHash(Buffer.from(signature, "hex"), signedText(challenge, salt))) throw refused();
  const params = new URLSearchParams(salt.slice(salt.indexOf("?") + 1));
  const expiresAt = new Date(Number(params.get("expires")) * 1_000);
  if (expiresAt <= clock.now() || Number(params.get("max")) < 2 ** bits) throw refused();
  if (hashOf(salt, number) !== challenge) throw refused();
  const { count } = await db.spentProof.createMany({
    data: [{ challengeHash: sha256(challenge), expiresAt }],
    skipDuplicates: true,
  });
  if (count === 0) throw refused();
}

function hashOf(salt: string, number: number): string {
  return createHash("sha256").update(`${salt}${number}`).digest("hex");
}

/** Of the salt as well, which carries the expiry: a changed one has another hash anyway, this one says so first. */
function signedText(challenge: string, salt: string): string {
  return `sign-up-proof:${challenge}:${salt}`;
}

function parse(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  } catch {
    return undefined;
  }
}

function refused(): AppError {
  return new AppError("proof_of_work_required", {
    public:
      "Signing up takes a proof of work. Get a challenge from GET /api/v1/auth/challenge, solve it within 20 minutes, and send the solution as `proof`. Each counts once.",
    param: "proof",
  });
}
