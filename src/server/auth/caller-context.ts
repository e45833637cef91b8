import type { CallerContext } from "@agathaai/core/accounts";
import { randomToken } from "@agathaai/core/platform/crypto/hash";
import { readBrowserCookie } from "./browser-cookie";

/** The caller of a Next route handler. Our server in front of Next sets `x-forwarded-for` to the one IP address. */
export function callerContextOf(headers: Record<string, unknown>): CallerContext & { browser: string } {
  const text = (name: string) => {
    const value = headers[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const browser = readBrowserCookie(text("cookie") ?? undefined) ?? randomToken();
  return { ip: text("x-forwarded-for"), userAgent: text("user-agent"), browser };
}
