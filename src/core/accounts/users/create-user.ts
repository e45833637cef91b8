import { randomFillSync } from "node:crypto";
import {
  insertOrganization,
  type PreparedOrganization,
  preparePersonalOrganization,
  scopeSetOfRole,
} from "../../orgs";
import { type Clock, type Db, newId, toPublicId } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { Prisma } from "../../platform/db/client";
import {
  encryptTexts,
  insertDataKey,
  type KeyedTx,
  type NewDataKey,
  prepareDataKey,
  transactWithKeys,
} from "../../privacy";
import { emailIndex, emailIndexes } from "../email/email-address";
import { isHeldForUndo } from "../email-change/email-change-fields";
import type { MeView } from "../schemas";
import { claimEmail, emailTaken } from "./claim-email";
import { emailField, nameField, userSubject } from "./user-fields";

export interface UserToCreate {
  email: string;
  name: string;
  passwordHash: string | null;
  emailVerified: boolean;
  /** Of an account whose address another one has. */
  provisionalTag?: Bytes | undefined;
}

export interface CreatedUser {
  userId: string;
  orgId: string;
  sessionVersion: number;
  view: MeView;
}

/**
 * Creates the user, their personal organization, the data keys of both, and what `alongside` adds, in one transaction.
 * Keys are wrapped before it begins. Of two concurrent registrations of one email address the unique index admits one.
 * @throws AppError `email_taken`.
 */
export async function createUser<T>(
  db: Db,
  user: UserToCreate,
  alongside: (tx: KeyedTx, created: CreatedUser) => Promise<T>,
  clock: Clock,
): Promise<T> {
  const prepared = await prepareUser(user, clock);
  try {
    return await transactWithKeys(
      db,
      [],
      async (tx) => await alongside(tx, await insertUser(tx, user, prepared, clock)),
      { maxWait: 5_000, timeout: 15_000 },
    );
  } catch (error) {
    if (isTakenEmail(error)) throw emailTaken();
    throw error;
  }
}

interface PreparedUser {
  userId: string;
  key: NewDataKey;
  organization: PreparedOrganization;
}

async function prepareUser({ name }: UserToCreate, clock: Clock): Promise<PreparedUser> {
  const userId = newId(clock.now());
  const [key, organization] = await Promise.all([
    prepareDataKey(userSubject(userId)),
    preparePersonalOrganization({ userId, name }, clock),
  ]);
  return { userId, key, organization };
}

async function insertUser(
  tx: KeyedTx,
  user: UserToCreate,
  { userId, key, organization: prepared }: PreparedUser,
  clock: Clock,
): Promise<CreatedUser> {
  const now = clock.now();
  const subject = userSubject(userId);
  const index = emailIndex(user.email);
  const { provisionalTag } = user;
  const held = await isHeldForUndo(tx, { emailIndexes: emailIndexes(user.email) }, clock);
  if (held && provisionalTag === undefined) throw emailTaken();
  if (provisionalTag === undefined) await claimEmail(tx, { email: user.email, userId });
  await insertDataKey(tx, key, clock);
  const [emailCipher, nameCipher] = await encryptTexts(tx, [
    { subject, field: emailField(userId), text: user.email },
    { subject, field: nameField(userId), text: user.name },
  ]);
  if (emailCipher === undefined || nameCipher === undefined) throw new Error("two texts were not encrypted");
  const { sessionVersion, role } = await tx.user.create({
    data: {
      id: userId,
      emailCipher,
      emailIndex: provisionalTag === undefined ? index : randomFillSync(new Uint8Array(32)),
      ...(provisionalTag !== undefined && { provisionalIndex: index, provisionalTag }),
      nameCipher,
      passwordHash: user.passwordHash,
      emailVerifiedAt: user.emailVerified ? now : null,
      createdAt: now,
      updatedAt: now,
    },
    select: { sessionVersion: true, role: true },
  });
  const organization = await insertOrganization(tx, prepared, clock);
  return {
    userId,
    orgId: organization.orgId,
    sessionVersion,
    view: {
      user: {
        id: toPublicId("usr", userId),
        email: user.email,
        name: user.name,
        email_verified: user.emailVerified,
        role,
        created_at: now.toISOString(),
      },
      organization: organization.view,
      scopes: [...scopeSetOfRole(organization.view.role)],
    },
  };
}

function isTakenEmail(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    error.code === "P2002" &&
    error.meta?.modelName === "User"
  );
}
