import { z } from "zod";
import { env } from "../../platform/env";
import { leadsOutside } from "../../platform/network/public-address";

/**
 * Where events go: HTTPS, a public name or address, nothing in it that would be sent elsewhere. Names are resolved when an
 * event is sent, and the address is checked then: this check is for the message, that one for the protection.
 */
export const endpointUrlSchema = z
  .string()
  .trim()
  .max(2_000, "must be at most 2000 characters")
  .transform((text, context) => {
    const problem = problemOf(text);
    if (problem === undefined) return new URL(text).href;
    context.issues.push({ code: "custom", message: problem, input: text });
    return z.NEVER;
  })
  .meta({ example: "https://example.com/webhooks/agathaai" });

function problemOf(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a URL, such as https://example.com/webhooks";
  const url = new URL(text);
  const open = env().WEBHOOK_PRIVATE_TARGETS;
  if (url.protocol !== "https:" && !(open && url.protocol === "http:")) return "must start with https://";
  if (url.username !== "" || url.password !== "") return "must not contain a user name or password";
  if (url.hash !== "") return "must not contain a fragment (#)";
  return open || leadsOutside(url) ? undefined : "must be a public address";
}
