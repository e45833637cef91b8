import { z } from "zod";
import { domainOf, emailIndex, emailIndexes } from "../../accounts";
import { orgSubject } from "../../orgs";
import { AppError, type DbOrTx, type Tx, toPublicId } from "../../platform";
import { blindIndex, blindIndexes } from "../../platform/crypto/blind-index/blind-index";
import { isRotating } from "../../platform/crypto/blind-index/index-keys";
import type { Bytes } from "../../platform/crypto/hash";
import { decryptTexts, encryptText, type FieldRef, type KeySource } from "../../privacy";
import { verifiedDomains } from "../connection/connection-rows";

/** What we keep of what a directory says of somebody. */
export const profileSchema = z.object({
  userName: z.string(),
  externalId: z.string().nullable(),
  /** By which the account is found. */
  email: z.string(),
  displayName: z.string().nullable(),
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
});
export type DirectoryProfile = z.output<typeof profileSchema>;

export interface DirectoryUserInput extends DirectoryProfile {
  active: boolean;
}

export interface DirectoryUserView extends DirectoryUserInput {
  id: string;
  groups: { id: string; name: string }[];
  createdAt: Date;
  updatedAt: Date;
}

export const userColumns = {
  id: true,
  userId: true,
  profileCipher: true,
  active: true,
  createdAt: true,
  updatedAt: true,
  groups: {
    select: { group: { select: { id: true, displayName: true } } },
    orderBy: { groupId: "asc" },
    take: 200,
  },
} as const;

interface DirectoryUserRow {
  id: string;
  userId: string | null;
  profileCipher: Uint8Array;
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
  groups: { group: { id: string; displayName: string } }[];
}

export const profileField = (id: string): FieldRef => ({
  table: "directory_users",
  column: "profile_cipher",
  rowId: id,
});

export async function viewUsers(
  db: KeySource,
  orgId: string,
  rows: readonly DirectoryUserRow[],
): Promise<DirectoryUserView[]> {
  const texts = await decryptTexts(
    db,
    rows.map(({ id, profileCipher }) => ({
      subject: orgSubject(orgId),
      field: profileField(id),
      blob: profileCipher,
    })),
  );
  return rows.map(({ id, active, createdAt, updatedAt, groups }, at) => ({
    ...profileSchema.parse(JSON.parse(texts[at] ?? "")),
    id: toPublicId("dus", id),
    active,
    groups: groups.map(({ group }) => ({ id: toPublicId("dgr", group.id), name: group.displayName })),
    createdAt,
    updatedAt,
  }));
}

/** The columns that a profile becomes. */
export async function storedProfile(
  db: KeySource,
  { orgId, id, input }: { orgId: string; id: string; input: DirectoryUserInput },
) {
  const profile = profileSchema.parse(input);
  return {
    profileCipher: await encryptText(db, orgSubject(orgId), profileField(id), JSON.stringify(profile)),
    ...indexesOfProfile(orgId, profile),
  };
}

/** Not case exact (RFC 7643 §4.1.1). */
const userNameText = (orgId: string, userName: string) =>
  `${orgId}:${userName.normalize("NFKC").toLowerCase()}`;

export function userNameIndexes(orgId: string, userName: string): Bytes[] {
  return blindIndexes("directory user name", userNameText(orgId, userName));
}

export function externalIdIndexes(orgId: string, externalId: string): Bytes[] {
  return blindIndexes("directory external id", `${orgId}:${externalId}`);
}

/** The columns by which a profile is found. */
export function indexesOfProfile(orgId: string, { userName, email, externalId }: DirectoryProfile) {
  return {
    userNameIndex: blindIndex("directory user name", userNameText(orgId, userName)),
    emailIndex: emailIndex(email),
    externalIdIndex:
      externalId === null ? null : blindIndex("directory external id", `${orgId}:${externalId}`),
  };
}

/**
 * The unique indexes admit one row of an index; while the key of indexes is rotated, this admits one of a person. The caller
 * holds the lock of the organization. @throws AppError `conflict`.
 */
export async function assertNotListed(
  tx: Tx,
  { orgId, id, profile }: { orgId: string; id: string; profile: DirectoryProfile },
): Promise<void> {
  if (!isRotating()) return;
  const others = await tx.directoryUser.count({
    where: {
      orgId,
      id: { not: id },
      OR: [
        { userNameIndex: { in: userNameIndexes(orgId, profile.userName) } },
        { emailIndex: { in: emailIndexes(profile.email) } },
      ],
    },
  });
  if (others > 0) throw listedAlready();
}

export function listedAlready(): AppError {
  return new AppError("conflict", {
    public: "A user with this userName or email is in your directory here already.",
    param: "userName",
  });
}

/** A directory speaks for addresses of domains that its organization has verified. @throws AppError `invalid_request`. */
export async function assertOwnAddress(db: DbOrTx, orgId: string, email: string): Promise<void> {
  if ((await verifiedDomains(db, orgId)).has(domainOf(email))) return;
  throw new AppError("invalid_request", {
    public: `The domain ${domainOf(email)} is not verified in your organization. Add it in Settings → Company sign-in.`,
    param: "emails",
  });
}

/** @throws AppError `not_found`, also for another organization's. */
export async function readUserRow(
  db: DbOrTx,
  { orgId, id }: { orgId: string; id: string },
): Promise<DirectoryUserRow> {
  const row = await db.directoryUser.findUnique({ where: { id, orgId }, select: userColumns });
  if (row !== null) return row;
  throw new AppError("not_found", { public: "User not found.", param: "id" });
}
