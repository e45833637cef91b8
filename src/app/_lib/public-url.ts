import { env } from "@agathaai/core/platform/env";

/** The API's public URL without a trailing slash, as code samples show it. */
export function publicUrl(): string {
  return env().APP_URL.replace(/\/$/, "");
}
