import { recordAuditIn } from "../../audit";
import type { SettledByDirectory } from "../../members";
import { orgSubject } from "../../orgs";
import { AppError, type Clock, type Db, newId, SECOND, systemClock } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { lockLiving } from "../sign-in/join-company";
import { applyRoles } from "./apply-roles";
import {
  changedAt,
  type DirectoryGroupInput,
  type DirectoryGroupResource,
  type GroupChange,
  type GroupRow,
  isMapped,
  MAX_GROUP_MEMBERS,
  MAX_GROUPS,
  type MemberStep,
  memberIds,
  memberNotInDirectory,
  readGroupRow,
  viewGroups,
} from "./group-rows";
import type { DirectoryPrincipal } from "./tokens/directory-principal";

interface OfGroup {
  principal: DirectoryPrincipal;
  id: string;
}

/** `check` sees the group under the lock and may refuse. */
interface Checked extends OfGroup {
  check?: (now: GroupRow) => void;
}

/** A group of thousands takes a while. */
const TRANSACTION = { maxWait: 5 * SECOND, timeout: 30 * SECOND };

/** @throws AppError `not_found`. */
export async function getDirectoryGroup(
  db: Db,
  { principal: { orgId }, id, withMembers }: OfGroup & { withMembers: boolean },
): Promise<DirectoryGroupResource> {
  const [view] = await viewGroups(db, [await readGroupRow(db, { orgId, id })], { withMembers });
  if (view === undefined) throw new Error("a row has a view");
  return view;
}

/** Adds a group. It stands for no role until a person gives it one. @throws AppError `conflict`, `invalid_request`. */
export async function createDirectoryGroup(
  db: Db,
  { principal, input }: { principal: DirectoryPrincipal; input: DirectoryGroupInput },
  clock: Clock = systemClock,
): Promise<DirectoryGroupResource> {
  const { orgId } = principal;
  const now = clock.now();
  const id = newId(now);
  const { displayName, externalId, members } = input;
  await inGroup(db, orgId, async (tx) => {
    if ((await tx.directoryGroup.count({ where: { orgId } })) >= MAX_GROUPS) {
      throw new AppError("invalid_request", { public: `A directory has ${MAX_GROUPS} groups at most.` });
    }
    await tx.directoryGroup.create({
      data: { id, orgId, displayName, externalId, createdAt: now, updatedAt: now },
    });
    await addMembers(tx, { orgId, id, members });
    return undefined;
  });
  return await getDirectoryGroup(db, { principal, id, withMembers: true });
}

/**
 * Changes a group's name or members, under the lock of the organization's members. Where it stands for a role, whoever comes or
 * goes has the role of their groups from then on.
 * @throws AppError `not_found`, `conflict`, `invalid_request`.
 */
export async function changeDirectoryGroup(
  db: Db,
  { principal, id, change, check }: Checked & { change: GroupChange },
  clock: Clock = systemClock,
): Promise<void> {
  const { orgId } = principal;
  const now = clock.now();
  await inGroup(db, orgId, async (tx) => {
    const group = await readGroupRow(tx, { orgId, id });
    check?.(group);
    const { displayName, externalId, steps } = change;
    await tx.directoryGroup.update({
      where: { id, orgId },
      data: {
        ...(displayName !== undefined && { displayName }),
        ...(externalId !== undefined && { externalId }),
        updatedAt: changedAt(group.updatedAt, now),
      },
    });
    const concerned: string[] = [];
    for (const step of steps) concerned.push(...(await takeStep(tx, { orgId, id, step })));
    return isMapped(group) ? await applyRoles(tx, { orgId, ids: concerned, now }) : undefined;
  });
}

/** Removes a group. Its members stay members, with the role of their other groups. @throws AppError `not_found`. */
export async function deleteDirectoryGroup(
  db: Db,
  { principal, id, check }: Checked,
  clock: Clock = systemClock,
): Promise<void> {
  const { orgId } = principal;
  await inGroup(db, orgId, async (tx) => {
    const group = await readGroupRow(tx, { orgId, id });
    check?.(group);
    const ids = isMapped(group) ? await memberIds(tx, id) : [];
    await tx.directoryGroup.delete({ where: { id, orgId } });
    return await applyRoles(tx, { orgId, ids, now: clock.now() });
  });
}

async function inGroup(
  db: Db,
  orgId: string,
  run: (tx: KeyedTx) => Promise<SettledByDirectory | undefined>,
): Promise<void> {
  const settled = await transactWithKeys(
    db,
    [orgSubject(orgId)],
    async (tx) => {
      await lockLiving(tx, orgId);
      const done = await run(tx);
      if (done) await recordAuditIn(tx, ...done.entries);
      return done;
    },
    TRANSACTION,
  ).catch((error: unknown) => {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== "P2002") throw error;
    throw new AppError("conflict", {
      public: "A group with this displayName is in your directory here already.",
      param: "displayName",
    });
  });
  settled?.afterCommit(db);
}

/** Returns who came or went. */
async function takeStep(
  tx: KeyedTx,
  { orgId, id, step }: { orgId: string; id: string; step: MemberStep },
): Promise<readonly string[]> {
  const { kind, members } = step;
  if (kind === "add") return await addMembers(tx, { orgId, id, members });
  const before = kind === "set" ? await memberIds(tx, id) : [];
  const kept = new Set(kind === "set" ? members : []);
  const gone = kind === "set" ? before.filter((one) => !kept.has(one)) : members;
  await tx.directoryGroupMember.deleteMany({
    where: { groupId: id, directoryUserId: { in: [...gone] } },
  });
  if (kind === "remove") return gone;
  const present = new Set(before);
  const added = [...kept].filter((one) => !present.has(one));
  return [...gone, ...(await addMembers(tx, { orgId, id, members: added }))];
}

async function addMembers(
  tx: KeyedTx,
  { orgId, id, members }: { orgId: string; id: string; members: readonly string[] },
): Promise<readonly string[]> {
  const ids = [...new Set(members)];
  if (ids.length === 0) return ids;
  const known = await tx.directoryUser.count({ where: { orgId, id: { in: ids } } });
  if (known < ids.length) throw memberNotInDirectory();
  await tx.directoryGroupMember.createMany({
    data: ids.map((directoryUserId) => ({ groupId: id, directoryUserId })),
    skipDuplicates: true,
  });
  const size = await tx.directoryGroupMember.count({ where: { groupId: id } });
  if (size > MAX_GROUP_MEMBERS) {
    throw new AppError("invalid_request", {
      public: `members: a group has ${MAX_GROUP_MEMBERS} at most.`,
      param: "members",
    });
  }
  return ids;
}
