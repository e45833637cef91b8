import { recordAuditIn } from "../../audit";
import { endMembershipByDirectory, preparePersonalOrgs } from "../../members";
import { orgSubject } from "../../orgs";
import { type Clock, type Db, newId, systemClock } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { transactWithKeys } from "../../privacy";
import { lockLiving } from "../sign-in/join-company";
import { admitUser } from "./admit-user";
import { touchGroupsOf } from "./group-rows";
import type { DirectoryPrincipal } from "./tokens/directory-principal";
import {
  assertNotListed,
  assertOwnAddress,
  type DirectoryUserInput,
  type DirectoryUserView,
  listedAlready,
  readUserRow,
  storedProfile,
  viewUsers,
} from "./user-rows";

interface OfUser {
  principal: DirectoryPrincipal;
  id: string;
}

/** @throws AppError `not_found`. */
export async function getDirectoryUser(db: Db, { principal, id }: OfUser): Promise<DirectoryUserView> {
  const { orgId } = principal;
  const [view] = await viewUsers(db, orgId, [await readUserRow(db, { orgId, id })]);
  if (view === undefined) throw new Error("a row has a view");
  return view;
}

/**
 * Adds a person whom the directory names. Active ones are members at once.
 * @throws AppError `invalid_request` for an address that is not the company's; `conflict` or `email_taken` where the person is
 * there already.
 */
export async function createDirectoryUser(
  db: Db,
  { principal, input }: { principal: DirectoryPrincipal; input: DirectoryUserInput },
  clock: Clock = systemClock,
): Promise<DirectoryUserView> {
  const { orgId } = principal;
  const now = clock.now();
  const id = newId(now);
  await assertOwnAddress(db, orgId, input.email);
  await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    await lockLiving(tx, orgId);
    await assertNotListed(tx, { orgId, id, profile: input });
    const stored = await storedProfile(tx, { orgId, id, input });
    await tx.directoryUser.create({
      data: { id, orgId, active: false, createdAt: now, updatedAt: now, ...stored },
    });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "system", id: null },
      action: "directory.user_added",
      target: { type: "directory_user", id },
    });
  }).catch((error: unknown) => {
    throw isTaken(error) ? listedAlready() : error;
  });
  try {
    if (input.active) await admitUser(db, { orgId, id, profile: input }, clock);
  } catch (error) {
    // As if it had never been asked for.
    await db.directoryUser.deleteMany({ where: { id, orgId } });
    throw isTaken(error) ? listedAlready() : error;
  }
  return await getDirectoryUser(db, { principal, id });
}

/**
 * Replaces what the directory says of a person by what `change` makes of it, under the lock of the members, so that of two calls
 * none undoes the other's. Who is no longer active is a member no longer, and has nothing left that acts in the organization.
 * @throws AppError `not_found`, `invalid_request`, `conflict`; `insufficient_role` for an owner who is to be inactive.
 */
export async function changeDirectoryUser(
  db: Db,
  {
    principal,
    id,
    change,
  }: OfUser & { change: (now: DirectoryUserView) => Promise<DirectoryUserInput> | DirectoryUserInput },
  clock: Clock = systemClock,
): Promise<DirectoryUserView> {
  const { orgId } = principal;
  const { userId } = await readUserRow(db, { orgId, id });
  const personalOrgs = userId === null ? new Map() : await preparePersonalOrgs(db, { orgId, userId }, clock);
  const { input, settled } = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    await lockLiving(tx, orgId);
    const row = await readUserRow(tx, { orgId, id });
    const [before] = await viewUsers(tx, orgId, [row]);
    if (before === undefined) throw new Error("a row has a view");
    const wanted = await change(before);
    if (wanted.email !== before.email) await assertOwnAddress(tx, orgId, wanted.email);
    const now = clock.now();
    const ended =
      row.userId === null || wanted.active
        ? undefined
        : await endMembershipByDirectory(tx, { orgId, userId: row.userId, now, personalOrgs });
    await assertNotListed(tx, { orgId, id, profile: wanted });
    const stored = await storedProfile(tx, { orgId, id, input: wanted });
    await tx.directoryUser.update({
      where: { id, orgId },
      data: { ...stored, active: row.active && wanted.active, updatedAt: now },
    });
    if (ended !== undefined) await recordAuditIn(tx, ...ended.entries);
    return { input: wanted, settled: ended };
  }).catch((error: unknown) => {
    throw isTaken(error) ? listedAlready() : error;
  });
  settled?.afterCommit(db);
  if (input.active) await admitUser(db, { orgId, id, profile: input }, clock);
  return await getDirectoryUser(db, { principal, id });
}

/**
 * Ends the membership and forgets the person. `check` sees them under the lock and may refuse.
 * @throws AppError `not_found`; `insufficient_role` for an owner.
 */
export async function deleteDirectoryUser(
  db: Db,
  { principal, id, check }: OfUser & { check?: (now: DirectoryUserView) => void },
  clock: Clock = systemClock,
): Promise<void> {
  const { orgId } = principal;
  const { userId } = await readUserRow(db, { orgId, id });
  const personalOrgs = userId === null ? new Map() : await preparePersonalOrgs(db, { orgId, userId }, clock);
  const settled = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    await lockLiving(tx, orgId);
    const row = await readUserRow(tx, { orgId, id });
    const [view] = await viewUsers(tx, orgId, [row]);
    if (view !== undefined) check?.(view);
    const now = clock.now();
    await touchGroupsOf(tx, { id, now });
    const ended =
      row.userId === null
        ? undefined
        : await endMembershipByDirectory(tx, { orgId, userId: row.userId, now, personalOrgs });
    await tx.directoryUser.delete({ where: { id, orgId } });
    await recordAuditIn(tx, ...(ended?.entries ?? []), {
      orgId,
      actor: { type: "system", id: null },
      action: "directory.user_deleted",
      target: { type: "directory_user", id },
    });
    return ended;
  });
  settled?.afterCommit(db);
}

function isTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}
