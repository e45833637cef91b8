import { randomInt } from "node:crypto";
import type { Clock, Tx } from "../../platform";
import { keyedHash, keyedHashes } from "../../platform/crypto/keyed-hash";

const CODES = 10;
/** Crockford's base32: no letter that is read as a digit. Sixteen of them are 80 bits, too many to guess. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 16;
const GROUP = /.{4}(?=.)/g;
const SHAPE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** Ten new codes in place of all earlier ones. They are shown once and stored as keyed hashes. */
export async function issueRecoveryCodes(tx: Tx, userId: string, clock: Clock): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({
      userId,
      codeHash: keyedHash(hashed(userId, code)),
      createdAt: clock.now(),
    })),
  });
  return codes.map((code) => code.replaceAll(GROUP, "$&-"));
}

/** Whether the text, in the normal form of `normalizeCode`, can be a recovery code. */
export function isRecoveryCode(text: string): boolean {
  return SHAPE.test(text);
}

/** Uses the code: of concurrent uses exactly one succeeds. */
export async function spendRecoveryCode(
  tx: Tx,
  { userId, code }: { userId: string; code: string },
  clock: Clock,
): Promise<boolean> {
  const { count } = await tx.recoveryCode.updateMany({
    where: { userId, codeHash: { in: keyedHashes(hashed(userId, code)) }, usedAt: null },
    data: { usedAt: clock.now() },
  });
  return count === 1;
}

export async function countRecoveryCodes(tx: Tx, userId: string): Promise<number> {
  return await tx.recoveryCode.count({ where: { userId, usedAt: null } });
}

function newCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

/** Keyed, so that a copy of the database alone does not allow guessing codes. */
function hashed(userId: string, code: string): string {
  return `recovery-code:${userId}:${code}`;
}
