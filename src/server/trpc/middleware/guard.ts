import { suspendedError } from "@agathaai/core/suspensions";
import type { Context } from "../context";
import type { Meta } from "../meta";
import type { AuditDeclaration } from "./audited";
import { authorize } from "./authorize";
import { consumeRateLimit } from "./rate-limit";
import { setTokenHeaders } from "./rate-limit-headers";

/**
 * What every call passes before its input is read, whichever way it is served: it is authorized, then counted against its rate
 * limits. Returns what it records in the audit log.
 */
export async function enter(ctx: Context, meta: Meta | undefined): Promise<AuditDeclaration> {
  authorize(meta?.access, ctx.principal, { withoutFactor: meta?.withoutFactor === true });
  refuseSuspended(meta, ctx.principal);
  const audit = declaredAudit(meta);
  await consumeRateLimit(ctx, limitClassOf(meta));
  return audit;
}

/**
 * A portal's principal comes even so, that its pages can say why. Only what is open to everybody is open to them.
 * @throws AppError `suspended`.
 */
function refuseSuspended(meta: Meta | undefined, principal: Context["principal"]): void {
  if (meta?.access?.kind === "public" || principal === null || !("suspension" in principal)) return;
  const { suspension } = principal;
  if (suspension === undefined || (meta?.whileSuspended && suspension.of === "organization")) return;
  throw suspendedError(suspension);
}

/** After the call: its response already counts what the call itself reserved or spent. */
export async function setHeadersAfter(ctx: Context, meta: Meta | undefined): Promise<void> {
  if (limitClassOf(meta) === "plan" && ctx.principal !== null) await setTokenHeaders(ctx, ctx.principal);
}

function limitClassOf(meta: Meta | undefined) {
  return meta?.rateLimit ?? "control";
}

/** A procedure without an audit declaration refuses every call. */
function declaredAudit(meta: Meta | undefined): AuditDeclaration {
  if (meta?.audit === undefined) throw new Error("the procedure declares no audit");
  return meta.audit;
}
