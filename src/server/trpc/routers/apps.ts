import {
  appIdInputSchema,
  appListSchema,
  appViewSchema,
  appWithSecretSchema,
  connectionListSchema,
  deleteApp,
  deletedAppSchema,
  listApps,
  listAppsInputSchema,
  listConnections,
  registerApp,
  registerAppInputSchema,
  revokeConnection,
  revokeConnectionInputSchema,
  revokedConnectionSchema,
  rotateAppSecret,
  rotatedAppSecretSchema,
  updateApp,
  updateAppInputSchema,
} from "@agathaai/core/oauth";
import { z } from "zod";
import { unaudited, writes } from "../middleware/audited";
import { router, userProcedure } from "../trpc";

/** An organization's own apps: registered and kept by the people who manage its keys. The portal's alone. */
export const appsRouter = router({
  list: userProcedure(unaudited("settings", { action: "data.keys_read" }), "keys:read")
    .input(listAppsInputSchema)
    .output(appListSchema)
    .query(({ ctx, input }) => listApps(ctx.db, { orgId: ctx.principal.orgId, input })),

  register: userProcedure(writes("app.registered"), "keys:write")
    .input(registerAppInputSchema)
    .output(appWithSecretSchema)
    .mutation(({ ctx, input }) => registerApp(ctx.db, { principal: ctx.principal, input })),

  update: userProcedure(writes("app.updated"), "keys:write")
    .input(updateAppInputSchema)
    .output(appViewSchema)
    .mutation(({ ctx, input }) => updateApp(ctx.db, { principal: ctx.principal, input })),

  rotateSecret: userProcedure(writes("app.secret_rotated"), "keys:write")
    .input(appIdInputSchema)
    .output(rotatedAppSecretSchema)
    .mutation(({ ctx, input }) => rotateAppSecret(ctx.db, { principal: ctx.principal, id: input.id })),

  delete: userProcedure(writes("app.deleted"), "keys:write")
    .input(appIdInputSchema)
    .output(deletedAppSchema)
    .mutation(({ ctx, input }) => deleteApp(ctx.db, { principal: ctx.principal, id: input.id })),
});

/** The apps that a person let act for them, in any of their organizations. */
export const connectionsRouter = router({
  list: userProcedure(unaudited("own_account"))
    .input(z.strictObject({}))
    .output(connectionListSchema)
    .query(({ ctx }) => listConnections(ctx.db, { userId: ctx.principal.userId })),

  revoke: userProcedure(writes("auth.oauth_revoked"))
    .input(revokeConnectionInputSchema)
    .output(revokedConnectionSchema)
    .mutation(({ ctx, input }) =>
      revokeConnection(ctx.db, {
        principal: ctx.principal,
        appId: input.app_id,
        orgId: input.organization_id,
      }),
    ),
});
