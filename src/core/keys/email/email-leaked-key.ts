import { emailMember, emailOwners } from "../../accounts";
import { readOrgName } from "../../orgs";
import { type Db, type Environment, toPublicId } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { leakedKeyEmail } from "./leaked-key-email";

interface EndedKey {
  id: string;
  orgId: string;
  createdBy: string | null;
  environment: Environment;
  prefix: string;
  last_four: string;
  at: Date;
}

/** Emails the key's creator and the owners of its organization. Nobody can mute it. */
export function emailLeakedKey(db: Db, { orgId, createdBy, at, ...key }: EndedKey): void {
  afterResponse("email about a leaked key", async () => {
    const organization = await readOrgName(db, orgId);
    const email = leakedKeyEmail({ ...key, id: toPublicId("key", key.id) }, { organization, at });
    const creator = createdBy === null ? {} : { exceptUserId: createdBy };
    await Promise.all([
      createdBy !== null && emailMember(db, { orgId, userId: createdBy }, email),
      emailOwners(db, { orgId, ...creator }, email),
    ]);
  });
}
