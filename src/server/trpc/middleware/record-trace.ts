import { actorOf, recordAudit, type TargetType, targetPrefixes } from "@agathaai/core/audit";
import { fromPublicId } from "@agathaai/core/platform/ids";
import { z } from "zod";
import type { Context } from "../context";
import type { AuditDeclaration } from "./audited";

const namedSchema = z.object({ id: z.string() });

interface Answered {
  audit: AuditDeclaration;
  ctx: Context;
  getRawInput: () => Promise<unknown>;
  output: unknown;
}

/** Leaves a trace of what a call showed or changed, where its procedure declares that it is left here. */
export async function recordTrace({ audit, ctx, getRawInput, output }: Answered): Promise<void> {
  if (audit.kind !== "traces" || ctx.principal === null || !audit.shown(output)) return;
  recordAudit({
    orgId: ctx.principal.orgId,
    actor: actorOf(ctx.principal),
    action: audit.action,
    target: audit.target === undefined ? undefined : targetOf(audit.target, await getRawInput()),
    traceId: ctx.requestId,
  });
}

function targetOf(type: TargetType, input: unknown) {
  const named = namedSchema.safeParse(input);
  return named.success ? { type, id: fromPublicId(targetPrefixes[type], named.data.id) } : undefined;
}
