import { consumeLimit, peekLimit } from "../../limits";
import { AppError, type Clock, DAY, type Db, HOUR, MINUTE, SECOND } from "../../platform";
import { ipFingerprint } from "./ip-fingerprint";

/**
 * Brute force is slowed without letting an attacker lock the owner out (OWASP ASVS V6.3.1, V6.1.1):
 *
 * - *account and IP address*: ten wrong passwords in 15 minutes, then that IP address waits. The owner elsewhere does not.
 * - *IP address*: a hundred wrong passwords in 15 minutes over all accounts, against password lists.
 * - *account*: after a hundred wrong passwords in an hour from anywhere, each IP address gets three tries in 15 minutes
 *   at this account instead of ten. An attacker with many addresses is slowed; the owner can still sign in.
 *
 * Only wrong passwords count. Unknown email addresses count like known ones, so that the limits reveal nothing.
 */
const pairLimit = { limit: 10, windowMs: 15 * MINUTE };
const ipLimit = { limit: 100, windowMs: 15 * MINUTE };
const accountLimit = { limit: 100, windowMs: HOUR };
const PAIR_LIMIT_UNDER_ATTACK = 3;

/**
 * Codes of a second factor, right ones too, so that no burst slips past the count. Only a caller who knows the password gets
 * this far, so a firm limit per account gives no stranger a way to lock the owner out. Three of a million codes are good at
 * a time: somebody who has the password for a whole year guesses one with a chance of 10 %. Recovery codes are too long to
 * guess; they are counted per network only, and still work when the account's limit is reached.
 */
const factorPairLimit = { limit: 20, windowMs: 15 * MINUTE };
const factorAccountLimit = { limit: 100, windowMs: DAY };

const registrationLimit = { limit: 100, windowMs: HOUR };
const resetPairLimit = { limit: 5, windowMs: HOUR };
const resetIpLimit = { limit: 60, windowMs: HOUR };
const resetEmailLimit = { limit: 5, windowMs: HOUR };
const signUpEmailLimit = { limit: 5, windowMs: HOUR };
const verificationEmailLimit = { limit: 5, windowMs: HOUR };
const emailChangeLimit = { limit: 5, windowMs: HOUR };
const inquiryLimit = { limit: 5, windowMs: HOUR };
const inquiryEmailLimit = { limit: 2, windowMs: DAY };
const subscriptionLimit = { limit: 10, windowMs: HOUR };
const subscriptionEmailLimit = { limit: 3, windowMs: DAY };

interface Guess {
  emailIndex: Uint8Array;
  ip: string | null;
}

/** @throws AppError `too_many_attempts`. */
export async function assertMayGuess(db: Db, guess: Guess, clock: Clock): Promise<void> {
  const keys = guessKeys(guess);
  const [pair, account, ip] = await Promise.all([
    peekLimit(db, { key: keys.pair, ...pairLimit }),
    peekLimit(db, { key: keys.account, ...accountLimit }),
    keys.ip === undefined ? undefined : peekLimit(db, { key: keys.ip, ...ipLimit }),
  ]);
  if (ip?.allowed === false) throw tooMany(ip.resetAt, clock);
  const allowed = account.allowed ? pairLimit.limit : PAIR_LIMIT_UNDER_ATTACK;
  if (pairLimit.limit - pair.remaining >= allowed) throw tooMany(pair.resetAt, clock);
}

export async function countWrongGuess(db: Db, guess: Guess): Promise<void> {
  const keys = guessKeys(guess);
  await Promise.all([
    consumeLimit(db, { key: keys.pair, ...pairLimit }),
    consumeLimit(db, { key: keys.account, ...accountLimit }),
    keys.ip === undefined ? undefined : consumeLimit(db, { key: keys.ip, ...ipLimit }),
  ]);
}

/** @throws AppError `too_many_attempts`. */
export async function throttleSecondFactor(
  db: Db,
  { userId, ip, guessable }: { userId: string; ip: string | null; guessable: boolean },
  clock: Clock,
): Promise<void> {
  const network = ip === null ? "none" : ipFingerprint(ip);
  await spend(db, { key: `factor:pair:${userId}:${network}`, ...factorPairLimit }, clock);
  if (guessable) await spend(db, { key: `factor:account:${userId}`, ...factorAccountLimit }, clock);
}

/** @throws AppError `too_many_attempts`. */
export async function throttleRegistration(
  db: Db,
  { ip }: { ip: string | null },
  clock: Clock,
): Promise<void> {
  if (ip === null) return;
  await spend(db, { key: `register:address:${ipFingerprint(ip)}`, ...registrationLimit }, clock);
}

/** @throws AppError `too_many_attempts`. */
export async function throttleResetRequest(db: Db, { emailIndex, ip }: Guess, clock: Clock): Promise<void> {
  const network = ip === null ? "none" : ipFingerprint(ip);
  await spend(db, { key: `reset:pair:${hex(emailIndex)}:${network}`, ...resetPairLimit }, clock);
  if (ip !== null) await spend(db, { key: `reset:address:${network}`, ...resetIpLimit }, clock);
}

/**
 * Whether one more reset email may go to this account. Beyond the limit none is sent and the newest link stays good:
 * nobody can flood a mailbox, nor keep its owner from resetting by retiring each link with the next.
 */
export async function mayEmailReset(db: Db, { emailIndex }: Pick<Guess, "emailIndex">): Promise<boolean> {
  const { allowed } = await consumeLimit(db, { key: `reset:mail:${hex(emailIndex)}`, ...resetEmailLimit });
  return allowed;
}

/** Whether the owner of an address may be told once more that somebody signed up with it. */
export async function mayEmailExisting(db: Db, { emailIndex }: Pick<Guess, "emailIndex">): Promise<boolean> {
  const { allowed } = await consumeLimit(db, { key: `sign-up:mail:${hex(emailIndex)}`, ...signUpEmailLimit });
  return allowed;
}

/** @throws AppError `too_many_attempts`. */
export async function throttleVerificationEmail(
  db: Db,
  { userId }: { userId: string },
  clock: Clock,
): Promise<void> {
  await spend(db, { key: `verify:mail:${userId}`, ...verificationEmailLimit }, clock);
}

/** Per account, and per address that the links go to. @throws AppError `too_many_attempts`. */
export async function throttleEmailChange(
  db: Db,
  { userId, emailIndex }: { userId: string } & Pick<Guess, "emailIndex">,
  clock: Clock,
): Promise<void> {
  await spend(db, { key: `email-change:account:${userId}`, ...emailChangeLimit }, clock);
  await spend(db, { key: `email-change:mail:${hex(emailIndex)}`, ...emailChangeLimit }, clock);
}

/** @throws AppError `too_many_attempts`. */
export async function throttleInquiry(db: Db, { ip }: { ip: string | null }, clock: Clock): Promise<void> {
  if (ip === null) return;
  await spend(db, { key: `inquiry:address:${ipFingerprint(ip)}`, ...inquiryLimit }, clock);
}

/** Whether one more confirmation may go to an address that nobody has confirmed: no form of ours floods a mailbox. */
export async function mayEmailInquirer(db: Db, { emailIndex }: Pick<Guess, "emailIndex">): Promise<boolean> {
  const { allowed } = await consumeLimit(db, {
    key: `inquiry:mail:${hex(emailIndex)}`,
    ...inquiryEmailLimit,
  });
  return allowed;
}

/** @throws AppError `too_many_attempts`. */
export async function throttleSubscription(
  db: Db,
  { ip }: { ip: string | null },
  clock: Clock,
): Promise<void> {
  if (ip === null) return;
  await spend(db, { key: `subscribe:address:${ipFingerprint(ip)}`, ...subscriptionLimit }, clock);
}

/** Whether one more link to confirm a subscription may go to an address that nobody has confirmed. */
export async function mayEmailSubscriber(
  db: Db,
  { emailIndex }: Pick<Guess, "emailIndex">,
): Promise<boolean> {
  const { allowed } = await consumeLimit(db, {
    key: `subscribe:mail:${hex(emailIndex)}`,
    ...subscriptionEmailLimit,
  });
  return allowed;
}

function guessKeys({ emailIndex, ip }: Guess) {
  const account = hex(emailIndex);
  const network = ip === null ? "none" : ipFingerprint(ip);
  return {
    pair: `login:pair:${account}:${network}`,
    account: `login:account:${account}`,
    ip: ip === null ? undefined : `login:address:${network}`,
  };
}

async function spend(
  db: Db,
  bucket: { key: string; limit: number; windowMs: number },
  clock: Clock,
): Promise<void> {
  const { allowed, resetAt } = await consumeLimit(db, bucket);
  if (!allowed) throw tooMany(resetAt, clock);
}

function tooMany(resetAt: Date, clock: Clock): AppError {
  const seconds = Math.max(1, Math.ceil((resetAt.getTime() - clock.now().getTime()) / SECOND));
  return new AppError("too_many_attempts", {
    public: `Too many attempts. Try again in ${describe(seconds)}.`,
    retryAfterSeconds: seconds,
  });
}

function describe(seconds: number): string {
  if (seconds < 120) return `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
