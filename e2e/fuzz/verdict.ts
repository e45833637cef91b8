import { z } from "zod";
import type { FuzzReply } from "./send";

const envelope = z.strictObject({
  error: z.strictObject({
    message: z.string().min(10),
    type: z.string().min(1),
    param: z.string().nullable(),
    code: z.string().min(1),
    request_id: z.string(),
  }),
});

const oauthError = z.strictObject({
  error: z.string().regex(/^[a-z_]+$/),
  error_description: z.string().optional(),
  scope: z.string().optional(),
});

const scimError = z.strictObject({
  schemas: z.tuple([z.literal("urn:ietf:params:scim:api:messages:2.0:Error")]),
  status: z.string().regex(/^\d{3}$/),
  detail: z.string().min(1),
  scimType: z.string().optional(),
});

/** What is wrong with an answer, or undefined: no 5xx, our request id on everything, our envelope on every refusal. */
export function verdict(method: string, { status, headers, text }: FuzzReply): string | undefined {
  const id = headers["x-request-id"];
  if (typeof id !== "string" || !/^req_[0-9a-f]{32}$/.test(id)) return `no request id on a ${status}`;
  if (status >= 500) return `answered ${status}`;
  if (method === "HEAD" || status === 204) return undefined;
  const [type = ""] = String(headers["content-type"]).split(";");
  if (type === "text/event-stream") return streamVerdict(text);
  if (status < 400 && type !== "application/json") return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return `a ${status} that is not JSON`;
  }
  if (status < 400) return undefined;
  // OAuth's endpoints have the errors of their standard (RFC 6749 §5.2).
  if (oauthError.safeParse(body).success) return undefined;
  // So have SCIM's (RFC 7644 §3.12).
  if (type === "application/scim+json" && scimError.safeParse(body).success) return undefined;
  const read = envelope.safeParse(body);
  if (!read.success) return `a ${status} without the envelope`;
  if (read.data.error.request_id !== id) return "two request ids";
  if (/node_modules|prisma|\bselect\b .* from|\bat \w+ \(/i.test(read.data.error.message))
    return "internals in a message";
  return undefined;
}

/** A stream ends with its terminal event, or with an error in it and nothing after. */
function streamVerdict(text: string): string | undefined {
  const events = text.split("\n\n").filter((event) => event !== "" && !event.startsWith(":"));
  const last = events.at(-1)?.replace(/^id: .*\n/, "");
  if (last === "data: [DONE]") return undefined;
  if (last === undefined || !last.startsWith('data: {"error":')) return "a stream that ends in the middle";
  return JSON.parse(last.slice(6)).error.code === "internal_error"
    ? "an internal error in a stream"
    : undefined;
}
