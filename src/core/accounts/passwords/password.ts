import { hash, type Options, verify } from "@node-rs/argon2";
import { singleton } from "../../platform/concurrency/singleton";
import { PasswordGate } from "./password-gate";

/** argon2id, 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet. */
export const passwordParameters = {
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const satisfies Options;

/**
 * Verified against when there is no account or no password, so that the work and time are the same. It is the hash of 32
 * random bytes; a test compares its parameters with those above.
 */
export const DUMMY_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$FVXLZAOcwBmSRlocmBscaw$dIzavjPs5PIqQUoiQFGoq1WZTxwGXFufNaaei7btgKM";

/** All hashing of passwords goes through here. */
export const passwordGate = singleton("password gate", () => new PasswordGate())();

/** @throws AppError `service_unavailable` when too many sign-ins wait already. */
export async function hashPassword(password: string): Promise<string> {
  return await passwordGate.run(() => hash(normalizePassword(password), passwordParameters));
}

/** Whether the password matches the hash. Without a hash it does the same work and returns false. Call it inside the gate. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? DUMMY_HASH, normalizePassword(password));
  return matches && passwordHash !== null;
}

/** The same password typed on another keyboard may arrive in another Unicode form (NIST SP 800-63B §3.1.1.2). */
export function normalizePassword(password: string): string {
  return password.normalize("NFKC");
}
