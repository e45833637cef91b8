import type { CallerContext } from "@agathaai/core/accounts";

/** Where a call to a mount of Next comes from. Our server in front of Next sets `x-forwarded-for` to the one address. */
export function callerContextOf(headers: Record<string, unknown>): CallerContext {
  const text = (name: string) => {
    const value = headers[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  return { ip: text("x-forwarded-for"), userAgent: text("user-agent") };
}
