import {
  type AuditAction,
  actorOf,
  recordAudit,
  recordRead,
  type TargetType,
  targetPrefixes,
} from "@agathaai/core/audit";
import { fromPublicId } from "@agathaai/core/platform";
import { z } from "zod";
import type { Context } from "../context";

/**
 * Why a call leaves no audit entry of its own in addition to its `api.request`:
 * - `public`: it shows what anyone may see;
 * - `own_account`: it shows or sends a person what is theirs, or moves their own session;
 * - `settings`: an organization's settings and figures, as its members see them at work;
 * - `status_only`: it shows a status and no content;
 * - `own_record`: it creates or changes a record that itself says who did it and when;
 * - `changes_nothing`: it computes from what the caller sent;
 * - `not_a_customers`: it shows our operators data that is no customer's.
 */
export type UnauditedReason =
  | "public"
  | "own_account"
  | "settings"
  | "status_only"
  | "own_record"
  | "changes_nothing"
  | "not_a_customers";

/** What a procedure records in the audit log. Every procedure declares it: without it none can be built. */
export type AuditDeclaration =
  | {
      kind: "traces";
      action: AuditAction;
      /** What the input's `id` names. */
      target: TargetType | undefined;
      /** Whether the response showed what the action says. */
      shown: (output: unknown) => boolean;
    }
  | { kind: "writes"; actions: readonly [AuditAction, ...AuditAction[]] }
  | { kind: "none"; reason: UnauditedReason; inHipaaMode?: Read };

/** What an organization in HIPAA mode records of a read all the same. */
interface Read {
  action: AuditAction;
  /** What the input's `id` names. */
  target?: TargetType;
}

interface TraceOptions {
  target?: TargetType;
  shown?: (output: unknown) => boolean;
}

/** Shows data, or changes something outside our transactions: recorded here once the call has succeeded. */
export function traces(
  action: AuditAction,
  { target, shown = () => true }: TraceOptions = {},
): AuditDeclaration {
  return { kind: "traces", action, target, shown };
}

/** The domain writes these entries itself: in the change's own transaction, or awaited before the response. */
export function writes(...actions: readonly [AuditAction, ...AuditAction[]]): AuditDeclaration {
  return { kind: "writes", actions };
}

/** Leaves only the entry of the call itself, and that of a read in HIPAA mode. */
export function unaudited(reason: UnauditedReason, inHipaaMode?: Read): AuditDeclaration {
  return { kind: "none", reason, ...(inHipaaMode && { inHipaaMode }) };
}

const namedSchema = z.object({ id: z.string() });

interface Succeeded {
  audit: AuditDeclaration;
  ctx: Pick<Context, "principal" | "requestId">;
  getRawInput: () => Promise<unknown>;
  output: unknown;
}

/** Records what a call showed or changed, if its procedure declares `traces`, or a read of an organization in HIPAA mode. */
export async function recordTrace({ audit, ctx, getRawInput, output }: Succeeded): Promise<void> {
  if (audit.kind === "none") {
    await recordHipaaRead(audit.inHipaaMode, { ctx, getRawInput });
    return;
  }
  if (audit.kind !== "traces" || ctx.principal === null || !audit.shown(output)) return;
  recordAudit({
    orgId: ctx.principal.orgId,
    actor: actorOf(ctx.principal),
    action: audit.action,
    target: audit.target === undefined ? undefined : targetOf(audit.target, await getRawInput()),
    traceId: ctx.requestId,
  });
}

async function recordHipaaRead(
  read: Read | undefined,
  { ctx: { principal, requestId }, getRawInput }: Pick<Succeeded, "ctx" | "getRawInput">,
): Promise<void> {
  if (read === undefined || principal?.hipaa !== true) return;
  recordRead({
    orgId: principal.orgId,
    actor: actorOf(principal),
    action: read.action,
    target: read.target === undefined ? undefined : targetOf(read.target, await getRawInput()),
    traceId: requestId,
  });
}

function targetOf(type: TargetType, input: unknown) {
  const named = namedSchema.safeParse(input);
  return named.success ? { type, id: fromPublicId(targetPrefixes[type], named.data.id) } : undefined;
}
