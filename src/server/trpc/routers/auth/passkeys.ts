import {
  addedPasskeyViewSchema,
  addPasskey,
  addPasskeyInputSchema,
  listPasskeys,
  newPasskeyOptionsViewSchema,
  passkeyIdInputSchema,
  passkeyListViewSchema,
  passkeyOptionsViewSchema,
  passkeyStepUpInputSchema,
  passkeyViewSchema,
  removedPasskeyViewSchema,
  removePasskey,
  renamePasskey,
  renamePasskeyInputSchema,
  startAddingPasskey,
  startPasskeyInputSchema,
  startPasskeySignIn,
  startPasskeyStepUp,
  steppedUpViewSchema,
  stepUpWithPasskey,
} from "@agathaai/core/accounts";
import { z } from "zod";
import { newPasskeyHolder } from "../../../auth/passkey-cookie";
import { passkeyExample } from "../../examples/second-factor-examples";
import { unaudited, writes } from "../../middleware/audited";
import { publicProcedure, router, userProcedure } from "../../trpc";

const tag = "Account";
const nothing = z.strictObject({}).optional();

/** Browsers make and use passkeys on our own site only, so those calls are the portal's alone. */
export const passkeysRouter = router({
  list: userProcedure(unaudited("own_account"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "GET",
        path: "/api/v1/me/passkeys",
        operationId: "listPasskeys",
        tag,
        summary: "List your passkeys",
        description:
          "Lists the passkeys of your account, newest first. They are added in the portal, because a browser has to make them.",
        responses: {
          200: {
            name: "PasskeyList",
            description: "All of your passkeys.",
            schema: passkeyListViewSchema,
            example: { data: [passkeyExample] },
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(passkeyListViewSchema)
    .query(({ ctx }) => listPasskeys(ctx.db, ctx.principal)),

  rename: userProcedure(writes("auth.passkey_renamed"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "PATCH",
        path: "/api/v1/me/passkeys/{id}",
        operationId: "renamePasskey",
        tag,
        summary: "Rename a passkey",
        description: "Changes the name by which you recognize one of your passkeys.",
        responses: {
          200: {
            name: "Passkey",
            description: "The renamed passkey.",
            schema: passkeyViewSchema,
            example: passkeyExample,
          },
        },
        requestExample: { name: passkeyExample.name },
        errors: [],
      },
    })
    .input(renamePasskeyInputSchema)
    .output(passkeyViewSchema)
    .mutation(({ ctx, input }) => renamePasskey(ctx.db, { ...ctx.principal, ...input })),

  remove: userProcedure(writes("auth.passkey_removed"))
    .meta({
      withoutFactor: true,
      stepUp: true,
      operation: {
        method: "DELETE",
        path: "/api/v1/me/passkeys/{id}",
        operationId: "removePasskey",
        tag,
        summary: "Remove a passkey",
        description:
          "Removes one of your passkeys and notifies you by email. With your last second factor, your recovery codes stop working.",
        responses: {
          200: {
            name: "RemovedPasskey",
            description: "Removed.",
            schema: removedPasskeyViewSchema,
            example: { id: passkeyExample.id, object: "passkey", deleted: true },
          },
        },
        errors: [],
      },
    })
    .input(passkeyIdInputSchema)
    .output(removedPasskeyViewSchema)
    .mutation(({ ctx, input }) => removePasskey(ctx.db, { ...ctx.principal, ...input, ip: ctx.ip })),

  startAdding: userProcedure(unaudited("own_account"))
    .meta({ withoutFactor: true, stepUp: true })
    .input(nothing)
    .output(newPasskeyOptionsViewSchema)
    .mutation(({ ctx }) => startAddingPasskey(ctx.db, ctx.principal)),

  add: userProcedure(writes("auth.passkey_added"))
    .meta({ withoutFactor: true, stepUp: true })
    .input(addPasskeyInputSchema)
    .output(addedPasskeyViewSchema)
    .mutation(({ ctx, input }) => addPasskey(ctx.db, { ...ctx.principal, ...input, ip: ctx.ip })),

  /** Asks a browser that is not signed in. The sign-in itself is the route of next-auth, as with a password. */
  startSignIn: publicProcedure(unaudited("changes_nothing"))
    .input(startPasskeyInputSchema)
    .output(passkeyOptionsViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { holder, cookie } = newPasskeyHolder();
      ctx.responseHeaders.append("set-cookie", cookie);
      return await startPasskeySignIn(ctx.db, { ...input, holder });
    }),

  startStepUp: userProcedure(unaudited("own_account"))
    .meta({ withoutFactor: true })
    .input(nothing)
    .output(passkeyOptionsViewSchema)
    .mutation(({ ctx }) => startPasskeyStepUp(ctx.db, ctx.principal)),

  stepUp: userProcedure(writes("auth.stepped_up", "auth.second_factor_failed"))
    .meta({ withoutFactor: true })
    .input(passkeyStepUpInputSchema)
    .output(steppedUpViewSchema)
    .mutation(({ ctx, input }) => stepUpWithPasskey(ctx.db, { ...ctx.principal, ...input, ip: ctx.ip })),
});
