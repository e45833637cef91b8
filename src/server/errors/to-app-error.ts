import { stripeOutage } from "@agathaai/core/billing";
import { AppError } from "@agathaai/core/platform";
import { Prisma } from "@agathaai/core/platform/db/client";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { describeInvalid } from "./describe-invalid";

/** How soon a caller may try again when a part of the platform is out of reach. */
const UNAVAILABLE_RETRY_SECONDS = 2;

/**
 * Turns anything thrown into an error that a customer may see. An unexpected error becomes `internal_error`, whose cause is
 * only logged. A database or Stripe that cannot be reached is a 503, never an authentication failure.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof TRPCError) return fromTrpc(error);
  const billing = stripeOutage(error);
  if (billing !== undefined) return billing;
  if (isDatabaseOutage(error)) {
    return new AppError("service_unavailable", {
      public: "Temporarily unavailable. Nothing was changed. Try again in a moment.",
      internal: error instanceof Error ? error.name : "database outage",
      retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
      cause: error,
    });
  }
  return new AppError("internal_error", {
    public: "Something failed on our side. Try again. If it persists, quote the request ID to support.",
    ...(isRefusedByWall(error) && {
      internal:
        "PostgreSQL refused a statement in the role it ran in: it reached for another organization, or for what that role has no right to (ADR 77, ADR 122)",
    }),
    cause: error,
  });
}

function fromTrpc(error: TRPCError): AppError {
  const { cause } = error;
  if (cause instanceof AppError) return cause;
  if (error.code === "BAD_REQUEST" && cause instanceof z.ZodError) return describeInvalid(cause);
  switch (error.code) {
    case "INTERNAL_SERVER_ERROR":
      return toAppError(cause ?? new Error(error.message));
    case "NOT_FOUND":
      return new AppError("unknown_route", { public: "Procedure not found.", cause: error });
    case "METHOD_NOT_SUPPORTED":
      return new AppError("method_not_allowed", {
        public: "This procedure uses another method.",
        cause: error,
      });
    case "UNSUPPORTED_MEDIA_TYPE":
      return new AppError("unsupported_media_type", {
        public: "Send the body as application/json.",
        cause: error,
      });
    case "PAYLOAD_TOO_LARGE":
      return new AppError("payload_too_large", { public: "The request is too large.", cause: error });
    case "BAD_REQUEST":
    case "PARSE_ERROR":
      return new AppError("invalid_request", { public: "The request could not be read.", cause: error });
    default:
      return toAppError(cause ?? new Error(error.message));
  }
}

/** P1xxx: the engine cannot reach, enter or keep a connection. P2024: none of the pool came free in time. P2028: no transaction could start. */
const outageCodes = /^(P1\d{3}|P2024|P2028|P2037)$/;
/** The same from the driver adapter, where a raw query wraps it in P2010. */
const outageKinds: ReadonlySet<unknown> = new Set([
  "DatabaseNotReachable",
  "DatabaseAccessDenied",
  "DatabaseDoesNotExist",
  "AuthenticationFailed",
  "ConnectionClosed",
  "SocketTimeout",
  "TlsConnectionError",
  "TooManyConnections",
  "TransactionAlreadyClosed",
]);
/** Node's own socket errors, and PostgreSQL's classes 08 (connection), 53 (resources), 57014 (the statement's time is up) and 57P (shutting down); a standby's 25006, and AGE01 of an epoch that is over. */
const outageDriverCodes =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EAI_AGAIN|08\w{3}|53\w{3}|57014|57P\w{2}|25006|AGE01)$/;
/** Node's refusals of a certificate (OpenSSL's names): the database is there, and nobody may talk to it. */
const outageCertificates =
  /^(CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;
/** What `pg` says in words alone; "not queryable" to each statement of a transaction whose connection was cut. */
const outageMessages =
  /^timeout exceeded when trying to connect|Query read timeout|Connection terminated|is not queryable|Can't reach database server/;

type Thrown = Partial<Record<string, unknown>>;

function isDatabaseOutage(error: unknown): boolean {
  return someCause(error, (thrown) => {
    if (thrown instanceof Prisma.PrismaClientInitializationError) return true;
    const { code, kind, originalCode, message } = thrown;
    if (thrown instanceof Prisma.PrismaClientKnownRequestError && outageCodes.test(thrown.code)) return true;
    if (outageKinds.has(kind)) return true;
    const isOutage = (text: unknown) =>
      typeof text === "string" && (outageDriverCodes.test(text) || outageCertificates.test(text));
    if (isOutage(code) || isOutage(originalCode)) return true;
    return typeof message === "string" && outageMessages.test(message);
  });
}

/** PostgreSQL's "insufficient privilege", also of a row that a policy keeps out. */
const NOT_PERMITTED = "42501";

function isRefusedByWall(error: unknown): boolean {
  return someCause(error, ({ code, originalCode }) => [code, originalCode].includes(NOT_PERMITTED));
}

/** Whether it holds for what was thrown or for one of its causes. */
function someCause(error: unknown, holds: (thrown: Thrown) => boolean, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 5) return false;
  const thrown: Thrown = error;
  if (holds(thrown)) return true;
  return (
    someCause(thrown.cause, holds, depth + 1) || someCause(adapterErrorOf(thrown.meta), holds, depth + 1)
  );
}

function adapterErrorOf(meta: unknown): unknown {
  return typeof meta === "object" && meta !== null && "driverAdapterError" in meta
    ? meta.driverAdapterError
    : undefined;
}
