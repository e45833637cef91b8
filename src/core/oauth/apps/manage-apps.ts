import { recordAuditIn } from "../../audit";
import {
  AppError,
  type Clock,
  type Db,
  HOUR,
  newId,
  systemClock,
  type Tx,
  toPublicId,
  type UserPrincipal,
} from "../../platform";
import { type ListQuery, readPage } from "../../platform/list";
import {
  type AppView,
  type AppWithSecret,
  MAX_APPS,
  type RegisterAppInput,
  SECRET_OVERLAP_HOURS,
  type UpdateAppInput,
} from "../schemas";
import { forgetGrantsWhere } from "../tokens/app-principal";
import { appColumns, assertReachable, auditOfApp, changeApps, readApp, viewApp } from "./app-rows";
import { newAppSecret } from "./app-secret";
import { encodeLogo } from "./logo";

/** The organization's apps, newest first. @throws AppError `invalid_cursor`. */
export async function listApps(
  db: Db,
  { orgId, input }: { orgId: string; input: ListQuery },
  clock: Clock = systemClock,
): Promise<{ data: AppView[]; next_cursor: string | null }> {
  const now = clock.now();
  const { rows, next_cursor } = await readPage(
    { list: "apps", owner: orgId },
    input,
    ({ where, order, take }) =>
      db.oauthApp.findMany({ where: { orgId, ...where }, orderBy: { id: order }, take, select: appColumns }),
  );
  const connected = await db.oauthGrant.groupBy({
    by: ["appId", "userId"],
    where: { appId: { in: rows.map(({ id }) => id) }, expiresAt: { gt: now } },
  });
  const people = (id: string) =>
    new Set(connected.filter(({ appId }) => appId === id).map(({ userId }) => userId));
  return { data: rows.map((row) => viewApp(row, { people: people(row.id).size, now })), next_cursor };
}

/**
 * Registers an app and returns its secret, which is never shown again; a public app has none.
 * @throws AppError as `changeApps`; `conflict` at the most an organization can have; `invalid_request` for a bad logo, or for an app that
 *   nobody could connect.
 */
export async function registerApp(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: RegisterAppInput },
  clock: Clock = systemClock,
): Promise<AppWithSecret> {
  const { orgId, userId } = principal;
  const deviceFlow = input.device_flow ?? false;
  assertReachable({ redirectUris: input.redirect_uris, deviceFlow });
  const logo = input.logo === undefined ? null : await encodeLogo(input.logo);
  const made = input.confidential ? newAppSecret() : null;
  const now = clock.now();
  const row = await changeApps(db, principal, async (tx) => {
    if ((await tx.oauthApp.count({ where: { orgId } })) >= MAX_APPS) {
      throw new AppError("conflict", {
        public: `Your organization has ${MAX_APPS} apps, the most it can have. Delete one first.`,
      });
    }
    const row = await tx.oauthApp.create({
      data: {
        id: newId(now),
        orgId,
        name: input.name,
        homepageUrl: input.homepage_url,
        redirectUris: input.redirect_uris,
        scopes: input.scopes,
        secretHash: made?.hash ?? null,
        deviceFlow,
        logo,
        createdBy: userId,
        createdAt: now,
        updatedAt: now,
      },
      select: appColumns,
    });
    await recordAuditIn(tx, auditOfApp(row, "app.registered", userId));
    return row;
  });
  return { ...viewApp(row, { people: 0, now }), client_secret: made?.secret ?? null };
}

/**
 * Changes the given fields. A redirect URI or scope that is taken away no longer works for new requests; what people have
 * granted stays until they or the app end it.
 * @throws AppError as `changeApps`; `not_found`; `invalid_request` for a bad logo, or where nobody could connect it any more.
 */
export async function updateApp(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: UpdateAppInput },
  clock: Clock = systemClock,
): Promise<AppView> {
  const { orgId, userId } = principal;
  const logo = typeof input.logo === "string" ? await encodeLogo(input.logo) : input.logo;
  const now = clock.now();
  const row = await changeApps(db, principal, async (tx) => {
    const before = await readApp(tx, { orgId, id: input.id });
    assertReachable({
      redirectUris: input.redirect_uris ?? before.redirectUris,
      deviceFlow: input.device_flow ?? before.deviceFlow,
    });
    const row = await tx.oauthApp.update({
      where: { id: input.id },
      data: {
        ...(input.name !== undefined && { name: input.name }),
        ...(input.homepage_url !== undefined && { homepageUrl: input.homepage_url }),
        ...(input.redirect_uris !== undefined && { redirectUris: input.redirect_uris }),
        ...(input.scopes !== undefined && { scopes: input.scopes }),
        ...(input.device_flow !== undefined && { deviceFlow: input.device_flow }),
        ...(logo !== undefined && { logo }),
        updatedAt: now,
      },
      select: appColumns,
    });
    await recordAuditIn(tx, auditOfApp(row, "app.updated", userId));
    return row;
  });
  // People connect an app in any organization, so this is read outside of the wall.
  const connected = await db.oauthGrant.groupBy({
    by: ["userId"],
    where: { appId: row.id, expiresAt: { gt: now } },
  });
  return viewApp(row, { people: connected.length, now });
}

/**
 * Gives a confidential app a new secret. The old one works for a day more, so that servers can change over.
 * @throws AppError as `changeApps`; `not_found`; `conflict` for a public app.
 */
export async function rotateAppSecret(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
  clock: Clock = systemClock,
): Promise<{ client_secret: string; previous_secret_until: string }> {
  const { orgId, userId } = principal;
  const { secret, hash } = newAppSecret();
  const now = clock.now();
  const until = new Date(now.getTime() + SECRET_OVERLAP_HOURS * HOUR);
  await changeApps(db, principal, async (tx) => {
    const { secretHash } = await readApp(tx, { orgId, id });
    if (secretHash === null) {
      throw new AppError("conflict", { public: "A public app has no secret to rotate.", param: "id" });
    }
    const row = await tx.oauthApp.update({
      where: { id },
      data: {
        secretHash: hash,
        previousSecretHash: new Uint8Array(secretHash),
        previousSecretUntil: until,
        updatedAt: now,
      },
      select: appColumns,
    });
    await recordAuditIn(tx, auditOfApp(row, "app.secret_rotated", userId));
  });
  return { client_secret: secret, previous_secret_until: until.toISOString() };
}

/**
 * Deletes an app, and with it everything that people granted it: its tokens stop working within five seconds.
 * @throws AppError as `changeApps`; `not_found`.
 */
export async function deleteApp(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
): Promise<{ id: string; object: "app"; deleted: true }> {
  const { orgId, userId } = principal;
  const remove = async (tx: Tx) => {
    const row = await readApp(tx, { orgId, id });
    await tx.oauthApp.delete({ where: { id }, select: { id: true } });
    await recordAuditIn(tx, auditOfApp(row, "app.deleted", userId));
  };
  await changeApps(db, principal, remove, { deletes: true });
  forgetGrantsWhere(({ appId }) => appId === id);
  return { id: toPublicId("app", id), object: "app", deleted: true };
}

/** The logo of any app, for the pages that show it. */
export async function readLogo(db: Db, id: string): Promise<Uint8Array | null> {
  const row = await db.oauthApp.findUnique({ where: { id }, select: { logo: true } });
  return row?.logo ?? null;
}
