import type { Context } from "../../context";

export const tag = "Authentication";

/** Where a call comes from, for sessions, throttles and security emails. */
export function callerOf(ctx: Context) {
  return { ip: ctx.ip, userAgent: ctx.userAgent };
}
