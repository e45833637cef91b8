import { endLeakedSession, isRefreshToken, sessionOfRefreshToken, verifyAccessToken } from "../accounts";
import type { AuditEntry } from "../audit";
import { endLeakedDirectoryToken } from "../company-sign-in";
import { endLeakedKey } from "../keys";
import {
  endLeakedAppSecret,
  endLeakedGrant,
  grantOfRefreshToken,
  isAppToken,
  verifyAppToken,
} from "../oauth";
import { AppError, type Clock, type Db, systemClock } from "../platform";
import {
  endLeakedServiceSecret,
  endLeakedServiceToken,
  isServiceToken,
  type ServiceClaims,
  verifyServiceToken,
} from "../service-accounts";
import { emailLeak, type LeakOwner } from "./email/email-leak";
import type { LeakedThing } from "./email/leaked-secret-email";
import { type Recognized, recognize } from "./recognize";
import type { LeakReportInput, LeakReportView } from "./schemas";

type Reported = LeakReportView["data"][number];
type Status = Reported["status"];

/**
 * Ends the credentials whose secrets somebody found where they do not belong, and tells whose they are by email. The secret is
 * the proof: who holds it could use it, so ending it takes nothing from anyone. The answer tells a finder no more than
 * a call with it would.
 */
export async function reportLeaks(
  db: Db,
  { input }: { input: LeakReportInput },
  clock: Clock = systemClock,
): Promise<LeakReportView> {
  const finding = {
    because: "reported as leaked",
    ...(input.found_at !== undefined && { found_at: new URL(input.found_at).host }),
  };
  const data: Reported[] = [];
  // One after the other: a report may name several of one organization, whose row each of them locks.
  for (const secret of input.keys) data.push(await endLeaked(db, { secret, finding }, clock));
  return { object: "leak_report", data };
}

interface Leak {
  secret: string;
  finding: NonNullable<AuditEntry["details"]>;
}

async function endLeaked(db: Db, leak: Leak, clock: Clock): Promise<Reported> {
  const known = recognize(leak.secret);
  if (known === undefined) return { kind: null, prefix: null, last_four: null, status: "not_a_key" };
  return { ...known, status: await endByKind(db, { ...leak, known }, clock) };
}

async function endByKind(
  db: Db,
  { known, ...leak }: Leak & { known: Recognized },
  clock: Clock,
): Promise<Status> {
  const tell = (thing: LeakedThing, owner: LeakOwner | undefined): Status => {
    if (owner === undefined) return "not_active";
    emailLeak(db, { thing, owner, shown: known, at: clock.now() });
    return "revoked";
  };
  switch (known.kind) {
    case "api_key":
      return await endLeakedKey(db, leak, clock);
    case "scim_token":
      return tell("scim_token", await endLeakedDirectoryToken(db, leak));
    case "app_secret":
      return tell("app_secret", await endLeakedAppSecret(db, leak, clock));
    case "service_account_secret":
      return tell("service_account", await endLeakedServiceSecret(db, leak, clock));
    case "refresh_token":
    case "access_token": {
      const named = await namedBy(db, leak.secret, known.kind, clock);
      if (typeof named === "string") return named;
      const { finding } = leak;
      if ("account" in named) {
        const { id, generation } = named.account;
        const owner = await endLeakedServiceToken(db, { id, generation, finding }, clock);
        return tell("service_account_token", owner);
      }
      return "grantId" in named
        ? tell("connection", await endLeakedGrant(db, { ...named, finding }, clock))
        : tell("session", await endLeakedSession(db, { ...named, finding }, clock));
    }
  }
}

type Named = { sessionId: string } | { grantId: string } | { account: ServiceClaims };

/** The session, connected app or service account that a token stands for; else what its finder is told. */
async function namedBy(
  db: Db,
  token: string,
  kind: "refresh_token" | "access_token",
  clock: Clock,
): Promise<Named | Status> {
  if (kind === "access_token") return await namedBySignedToken(token, clock);
  if (isRefreshToken(token)) {
    const sessionId = await sessionOfRefreshToken(db, token);
    return sessionId === undefined ? "not_active" : { sessionId };
  }
  const grantId = await grantOfRefreshToken(db, token, clock);
  return grantId === undefined ? "not_active" : { grantId };
}

/** Only a token that still works proves anything, so the signature and the time are checked as for a call. */
async function namedBySignedToken(token: string, clock: Clock): Promise<Named | Status> {
  try {
    if (isServiceToken(token)) return { account: await verifyServiceToken(token, clock) };
    return isAppToken(token)
      ? { grantId: (await verifyAppToken(token, clock)).grantId }
      : { sessionId: (await verifyAccessToken(token, clock)).sessionId };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "access_token_expired") return "not_active";
    if (error.code === "wrong_region") return "other_region";
    return "not_a_key";
  }
}
