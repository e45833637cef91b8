import { consumeLimit } from "../../limits";
import { AppError, type Clock, DAY, type Db, HOUR, SECOND } from "../../platform";
import { blindIndex } from "../../platform/crypto/blind-index/blind-index";
import { addressBlock } from "../../platform/network/address-block";
import { type Mailbox, mailboxOf } from "./mailbox";

/**
 * What creating accounts by the hundred costs, since each starts with the Free plan's tokens (which need a verified address):
 *
 * - *address block* (/24 of IPv4, /48 of IPv6: what one customer of a hoster rents), so that its addresses are worth one;
 * - *mailbox domain*: a domain of one's own has endless mailboxes, and a free-mail provider has millions of people;
 * - *mailbox*: its other spellings are the same person. Who signs up is refused for what they did themselves, from their own
 *   address block; what others did with the mailbox is only said in the return value, or it would tell who has signed up.
 *
 * Only accounts that are created count. The keys are blind indexes: nobody can read from them who signed up.
 */
const blockLimit = { limit: 200, windowMs: DAY };
const domainLimits: Record<Exclude<Mailbox["kind"], "reserved">, { limit: number; windowMs: number }> = {
  own: { limit: 50, windowMs: DAY },
  free: { limit: 5_000, windowMs: DAY },
};
const mailboxLimit = { limit: 3, windowMs: 30 * DAY };

/** Call it last before an account is created. @throws AppError `too_many_attempts`. */
export async function throttleNewAccount(
  db: Db,
  { email, ip }: { email: string; ip: string | null },
  clock: Clock,
): Promise<{ mailboxFull: boolean }> {
  const { canonical, domain, kind } = mailboxOf(email);
  const block = ip === null ? "none" : addressBlock(ip);
  const buckets = [
    // At a reserved domain no mail arrives, so no such account ever makes a live call.
    ...(kind === "reserved"
      ? []
      : [
          { what: "with this mailbox", key: `mailbox:${canonical} ${block}`, ...mailboxLimit },
          { what: "with emails of this domain", key: `domain:${domain}`, ...domainLimits[kind] },
        ]),
    ...(ip === null ? [] : [{ what: "from your network", key: `block:${block}`, ...blockLimit }]),
  ];
  // One after the other: what the first refuses must not count for the next.
  for (const { what, key, ...limit } of buckets) {
    const { allowed, resetAt } = await consumeLimit(db, { key: hiddenKey(key), ...limit });
    if (!allowed) throw tooMany(what, resetAt, clock);
  }
  if (kind === "reserved") return { mailboxFull: false };
  const { allowed } = await consumeLimit(db, { key: hiddenKey(`mailbox:${canonical}`), ...mailboxLimit });
  return { mailboxFull: !allowed };
}

function hiddenKey(key: string): string {
  return `sign-up:${Buffer.from(blindIndex("sign-up", key)).toString("base64url")}`;
}

/** For who has shown that the mailbox is theirs. */
export function mailboxIsFull(): AppError {
  return new AppError("too_many_attempts", {
    public: "Too many accounts were created with this mailbox. Try again in 30 days.",
    retryAfterSeconds: mailboxLimit.windowMs / SECOND,
  });
}

function tooMany(what: string, resetAt: Date, clock: Clock): AppError {
  const ms = Math.max(SECOND, resetAt.getTime() - clock.now().getTime());
  const [count, unit] = ms > 2 * DAY ? [Math.ceil(ms / DAY), "days"] : [Math.ceil(ms / HOUR), "hours"];
  return new AppError("too_many_attempts", {
    public: `Too many accounts were created ${what}. Try again in ${count} ${count === 1 ? unit.slice(0, -1) : unit}.`,
    retryAfterSeconds: Math.ceil(ms / SECOND),
  });
}
