import { type Clock, type Db, MINUTE } from "../../platform";
import { randomToken, sha256 } from "../../platform/crypto/hash";

/** How long a person has between the question and the answer of their device. */
export const CHALLENGE_MS = 5 * MINUTE;

/** What an answer may be used for. One that was asked for one purpose is worth nothing for another. */
export type ChallengePurpose = "add" | "step_up" | "sign_in" | "second_factor";

interface Asked {
  purpose: ChallengePurpose;
  /** Who was given the challenge: the id of their session, or before there is one the secret of a cookie. */
  holder: string;
}

/** A new challenge, 256 random bits. Only hashes are stored, so the database alone answers none. */
export async function issueChallenge(db: Db, asked: Asked, clock: Clock): Promise<string> {
  const challenge = randomToken();
  await db.passkeyChallenge.create({
    data: {
      challengeHash: sha256(challenge),
      purpose: asked.purpose,
      holderHash: sha256(asked.holder),
      expiresAt: new Date(clock.now().getTime() + CHALLENGE_MS),
    },
  });
  return challenge;
}

/** Uses up a challenge, whatever becomes of the answer: of concurrent answers one counts. */
export async function spendChallenge(
  db: Db,
  { purpose, holder, challenge }: Asked & { challenge: string },
  clock: Clock,
): Promise<boolean> {
  const { count } = await db.passkeyChallenge.deleteMany({
    where: {
      challengeHash: sha256(challenge),
      purpose,
      holderHash: sha256(holder),
      expiresAt: { gt: clock.now() },
    },
  });
  return count === 1;
}
