import { emailMember, emailOwners } from "../../accounts";
import { readOrgName } from "../../orgs";
import type { Db } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import type { Recognized } from "../recognize";
import { type LeakedThing, leakedSecretEmail } from "./leaked-secret-email";

/** A person, for what is theirs alone; an organization otherwise, with whoever made it. */
export type LeakOwner = { orgId: string; userId: string } | { orgId: string; createdBy: string | null };

/** Emails the person, or the maker and the owners of the organization. Nobody can mute it. */
export function emailLeak(
  db: Db,
  { thing, owner, shown, at }: { thing: LeakedThing; owner: LeakOwner; shown: Recognized; at: Date },
): void {
  afterResponse("email about a leaked secret", async () => {
    const organization = await readOrgName(db, owner.orgId);
    const email = leakedSecretEmail(thing, { organization, shown, at });
    if ("userId" in owner) return await emailMember(db, owner, email);
    const { orgId, createdBy } = owner;
    const maker = createdBy === null ? {} : { exceptUserId: createdBy };
    await Promise.all([
      createdBy !== null && emailMember(db, { orgId, userId: createdBy }, email),
      emailOwners(db, { orgId, ...maker }, email),
    ]);
  });
}
