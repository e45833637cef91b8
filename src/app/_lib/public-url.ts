import { env } from "@agathaai/core/platform/env";

/** Where the API is reached from outside, without a trailing slash: what code samples show. */
export function publicUrl(): string {
  return env().APP_URL.replace(/\/$/, "");
}
