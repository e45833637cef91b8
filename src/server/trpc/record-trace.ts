import { type AuditAction, actorOf, recordAudit } from "@agathaai/core/audit";
import { fromPublicId } from "@agathaai/core/platform/ids";
import { z } from "zod";
import type { Context } from "./context";

/**
 * Procedures that show an organization's data, or change what Stripe holds (where no transaction of ours could carry the
 * trace), and how the audit trail calls that.
 */
const traced: Partial<Record<string, AuditAction>> = {
  "inference.result": "data.result_read",
  "inference.detail": "data.request_read",
  "history.list": "data.history_read",
  "history.delete": "data.history_deleted",
  "usage.get": "data.usage_read",
  "usage.export": "data.usage_exported",
  "audit.list": "data.audit_read",
  "billing.checkout": "billing.checkout_started",
  "billing.change": "billing.plan_changed",
  "billing.cancel": "billing.cancelled",
  "billing.resume": "billing.resumed",
};

const targetSchema = z.object({ id: z.string().startsWith("inf_") });
const unfinishedSchema = z.object({ status: z.enum(["queued", "processing"]), output: z.null() });

interface Answered {
  path: string;
  ctx: Context;
  getRawInput: () => Promise<unknown>;
  output: unknown;
}

/** Leaves a trace of what a call showed or changed. Asking for a result that is not there yet shows none. */
export async function recordTrace({ path, ctx, getRawInput, output }: Answered): Promise<void> {
  const action = traced[path];
  if (action === undefined || ctx.principal === null || unfinishedSchema.safeParse(output).success) return;
  const asked = targetSchema.safeParse(await getRawInput());
  recordAudit({
    orgId: ctx.principal.orgId,
    actor: actorOf(ctx.principal),
    action,
    target: asked.success ? { type: "inference", id: fromPublicId("inf", asked.data.id) } : undefined,
    traceId: ctx.requestId,
  });
}
