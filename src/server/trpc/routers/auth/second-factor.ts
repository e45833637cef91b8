import {
  confirmAuthenticator,
  confirmAuthenticatorInputSchema,
  getSecondFactor,
  newAuthenticatorViewSchema,
  recoveryCodesViewSchema,
  removeAuthenticator,
  removedAuthenticatorViewSchema,
  renewRecoveryCodes,
  secondFactorViewSchema,
  startAuthenticator,
} from "@agathaai/core/accounts";
import { z } from "zod";
import { newAuthenticatorExample, recoveryCodesExample } from "../../examples/second-factor-examples";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Account";
const nothing = z.strictObject({}).optional();

export const secondFactorRouter = router({
  get: userProcedure(unaudited("own_account"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "GET",
        path: "/api/v1/me/second-factor",
        operationId: "getSecondFactor",
        tag,
        summary: "Get your second factor",
        description: "Returns which second factors your account has, and how many recovery codes are left.",
        responses: {
          200: {
            name: "SecondFactor",
            description: "Your second factor.",
            schema: secondFactorViewSchema,
            example: {
              enabled: true,
              authenticator: true,
              passkeys: 1,
              added_at: "2026-11-23T11:52:00.000Z",
              recovery_codes_left: 9,
            },
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(secondFactorViewSchema)
    .query(({ ctx }) => getSecondFactor(ctx.db, ctx.principal)),

  start: userProcedure(unaudited("own_account"))
    .meta({
      withoutFactor: true,
      stepUp: true,
      operation: {
        method: "POST",
        path: "/api/v1/me/authenticator",
        operationId: "startAuthenticator",
        tag,
        summary: "Start adding an authenticator app",
        description:
          "Returns a new secret for an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds). Nothing changes until you confirm it with a code, within one hour. Requires a verified email.",
        responses: {
          200: {
            name: "NewAuthenticator",
            description: "The secret.",
            schema: newAuthenticatorViewSchema,
            example: newAuthenticatorExample,
          },
        },
        errors: ["email_not_verified", "conflict"],
      },
    })
    .input(nothing)
    .output(newAuthenticatorViewSchema)
    .mutation(({ ctx }) => startAuthenticator(ctx.db, ctx.principal)),

  confirm: userProcedure(writes("auth.second_factor_added"))
    .meta({
      withoutFactor: true,
      stepUp: true,
      operation: {
        method: "POST",
        path: "/api/v1/me/authenticator/confirm",
        operationId: "confirmAuthenticator",
        tag,
        summary: "Finish adding an authenticator app",
        description:
          "Adds the app by a code that it shows, and returns ten recovery codes once. From then on signing in takes a code. Ends every other session and notifies you by email. API keys keep working.",
        responses: {
          200: {
            name: "RecoveryCodes",
            description: "The recovery codes.",
            schema: recoveryCodesViewSchema,
            example: recoveryCodesExample,
          },
        },
        requestExample: { code: "492039" },
        errors: ["second_factor_invalid", "conflict", "too_many_attempts"],
      },
    })
    .input(confirmAuthenticatorInputSchema)
    .output(recoveryCodesViewSchema)
    .mutation(({ ctx, input }) => confirmAuthenticator(ctx.db, { ...ctx.principal, ...input, ip: ctx.ip })),

  remove: userProcedure(writes("auth.second_factor_removed"))
    .meta({
      withoutFactor: true,
      stepUp: true,
      operation: {
        method: "DELETE",
        path: "/api/v1/me/authenticator",
        operationId: "removeAuthenticator",
        tag,
        summary: "Remove your authenticator app",
        description:
          "Removes the app and notifies you by email. If you have no passkey, your recovery codes stop working as well. Removing it again changes nothing.",
        responses: {
          200: {
            name: "RemovedAuthenticator",
            description: "Removed.",
            schema: removedAuthenticatorViewSchema,
            example: { object: "authenticator", deleted: true },
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(removedAuthenticatorViewSchema)
    .mutation(({ ctx }) => removeAuthenticator(ctx.db, { ...ctx.principal, ip: ctx.ip })),

  renewCodes: userProcedure(writes("auth.recovery_codes_renewed"))
    .meta({
      withoutFactor: true,
      stepUp: true,
      operation: {
        method: "POST",
        path: "/api/v1/me/recovery-codes",
        operationId: "renewRecoveryCodes",
        tag,
        summary: "Create new recovery codes",
        description: "Returns ten new recovery codes once. All earlier ones stop working.",
        responses: {
          200: {
            name: "RecoveryCodes",
            description: "The recovery codes.",
            schema: recoveryCodesViewSchema,
            example: recoveryCodesExample,
          },
        },
        errors: ["conflict"],
      },
    })
    .input(nothing)
    .output(recoveryCodesViewSchema)
    .mutation(({ ctx }) => renewRecoveryCodes(ctx.db, { ...ctx.principal, ip: ctx.ip })),
});
