import { stripe } from "@agathaai/core/billing";
import {
  type AppError,
  errorTable,
  type Principal,
  type Scope,
  type UserPrincipal,
} from "@agathaai/core/platform";
import { initTRPC, TRPCError } from "@trpc/server";
import { installPlainMessages } from "../errors/plain-messages";
import { toAppError } from "../errors/to-app-error";
import type { Context } from "./context";
import type { Meta } from "./meta";
import { type AuditDeclaration, recordTrace } from "./middleware/audited";
import { enter, setHeadersAfter } from "./middleware/guard";
import { requireStepUp } from "./middleware/step-up";

installPlainMessages();

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    errorFormatter({ shape, error, ctx }) {
      const problem = toAppError(error);
      return {
        ...shape,
        message: problem.public,
        data: {
          ...shape.data,
          httpStatus: problem.status,
          app_code: problem.code,
          param: problem.param ?? null,
          request_id: ctx?.requestId ?? null,
          retry: errorTable[problem.code].retry,
        },
      };
    },
  });

export const { router } = t;

/** Every error leaves as an AppError inside a TRPCError of the same HTTP status. */
const normalized = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const problem = toAppError(result.error);
  throw new TRPCError({ code: trpcCode(problem), message: problem.public, cause: problem });
});

/** Every call passes here; its audit entry is recorded as its procedure declares. */
const guarded = normalized.use(async ({ ctx, meta, next, getRawInput }) => {
  const audit = await enter(ctx, meta);
  await requireStepUp(ctx, meta?.stepUp, getRawInput);
  const result = await next();
  if (result.ok) await recordTrace({ audit, ctx, getRawInput, output: result.data });
  await setHeadersAfter(ctx, meta);
  return result;
});

/** Callable by anyone. */
export function publicProcedure(audit: AuditDeclaration) {
  return guarded.meta({ access: { kind: "public" }, audit, rateLimit: "address" });
}

/** Callable by a person signed in, never by an API key; with a scope, by one whose role has it. */
export function userProcedure(audit: AuditDeclaration, scope?: Scope) {
  return guarded
    .meta({ access: { kind: "user", ...(scope && { scope }) }, audit })
    .use(({ ctx, next }) => next({ ctx: { principal: asUser(ctx.principal) } }));
}

/** As `userProcedure`, with Stripe in its context. Only here, so that every call to Stripe is under the tighter limit. */
export function stripeProcedure(audit: AuditDeclaration, scope: Scope) {
  return userProcedure(audit, scope)
    .meta({ rateLimit: "costly" })
    .use(({ ctx, next }) => next({ ctx: { principal: ctx.principal, stripe: stripe() } }));
}

/** Callable by our operators, signed in to the portal. Not part of the REST API. */
export function operatorProcedure(audit: AuditDeclaration) {
  return guarded
    .meta({ access: { kind: "operator" }, audit })
    .use(({ ctx, next }) => next({ ctx: { principal: asUser(ctx.principal) } }));
}

/** As `operatorProcedure`, for what changes something: only soon after the operator proved who they are. */
export function operatorMutation(audit: AuditDeclaration) {
  return operatorProcedure(audit).meta({ access: { kind: "operator", changes: true }, stepUp: true });
}

/** Callable by any known caller, API key or person, whatever its scopes. */
export function callerProcedure(audit: AuditDeclaration) {
  return guarded
    .meta({ access: { kind: "caller" }, audit })
    .use(({ ctx, next }) => next({ ctx: { principal: asKnown(ctx.principal) } }));
}

/** Callable with the scope: by an API key that was given it, or a person whose role has it. */
export function scopedProcedure(audit: AuditDeclaration, scope: Scope) {
  return guarded
    .meta({ access: { kind: "scope", scope }, audit })
    .use(({ ctx, next }) => next({ ctx: { principal: asKnown(ctx.principal) } }));
}

function asKnown(principal: Principal | null): Principal {
  if (principal === null) throw new Error("a guarded procedure ran without a caller");
  return principal;
}

function asUser(principal: Principal | null): UserPrincipal {
  const known = asKnown(principal);
  if (known.kind === "session" || known.kind === "jwt") return known;
  throw new Error("an API key or an app reached a person's procedure");
}

/** tRPC's code decides the HTTP status of the portal's responses; our own code is in the envelope. */
function trpcCode(problem: AppError): TRPCError["code"] {
  switch (problem.status) {
    case 400:
      return "BAD_REQUEST";
    case 401:
      return "UNAUTHORIZED";
    case 402:
      return "PAYMENT_REQUIRED";
    case 403:
      return "FORBIDDEN";
    case 404:
      return "NOT_FOUND";
    case 405:
      return "METHOD_NOT_SUPPORTED";
    case 409:
      return "CONFLICT";
    case 413:
      return "PAYLOAD_TOO_LARGE";
    case 415:
      return "UNSUPPORTED_MEDIA_TYPE";
    case 422:
      return "UNPROCESSABLE_CONTENT";
    case 429:
      return "TOO_MANY_REQUESTS";
    case 502:
      return "BAD_GATEWAY";
    case 503:
      return "SERVICE_UNAVAILABLE";
    case 504:
      return "GATEWAY_TIMEOUT";
    default:
      return "INTERNAL_SERVER_ERROR";
  }
}
