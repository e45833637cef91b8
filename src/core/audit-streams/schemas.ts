import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { env } from "../platform/env";
import { leadsOutside } from "../platform/network/public-address";
import { endpointUrlSchema } from "../webhooks";

/** host:port, with an IPv6 address in brackets. */
const hostPort = /^(?<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]{1,253}):(?<port>\d{1,5})$/;

export function parseHostPort(text: string): { host: string; port: number } | undefined {
  const { host, port } = hostPort.exec(text)?.groups ?? {};
  if (host === undefined || port === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

const syslogTarget = z
  .string()
  .trim()
  .max(300, "must be at most 300 characters")
  .refine((text) => parseHostPort(text) !== undefined, "must be host:port, such as logs.example.com:6514")
  .refine(
    (text) => env().WEBHOOK_PRIVATE_TARGETS || leadsOutside({ hostname: parseHostPort(text)?.host ?? "" }),
    "must be a public address",
  )
  .meta({ example: "logs.example.com:6514" });

const pem = z
  .string()
  .max(20_000, "must be at most 20,000 characters")
  .refine((text) => {
    try {
      return new X509Certificate(text).ca;
    } catch {
      return false;
    }
  }, "must be the certificate of an authority, as PEM");

export const setStreamInputSchema = z
  .strictObject({
    kind: z.enum(["webhook", "syslog"]),
    target: z.string().trim().max(2_000, "must be at most 2,000 characters").meta({
      description: "The URL of a webhook, or host:port of a syslog receiver.",
    }),
    ca: pem.optional().meta({
      description:
        "Of a syslog receiver: the authority of its certificate, where it is none that the public trusts.",
    }),
  })
  .superRefine(({ kind, target, ca }, context) => {
    const checked = (kind === "webhook" ? endpointUrlSchema : syslogTarget).safeParse(target);
    const message = checked.error?.issues[0]?.message;
    if (message !== undefined) context.addIssue({ code: "custom", path: ["target"], message });
    if (kind === "webhook" && ca !== undefined) {
      context.addIssue({ code: "custom", path: ["ca"], message: "is for syslog only" });
    }
  });

export const streamViewSchema = z.object({
  kind: z.enum(["webhook", "syslog"]),
  target: z.string().meta({ description: "A URL, or host:port." }),
  has_ca: z.boolean(),
  status: z.enum(["active", "failing", "paused"]).meta({
    description:
      "`paused`: by you, or because the plan no longer has audit streams. Nothing is skipped: it goes on where it stopped.",
  }),
  paused_because: z.enum(["plan", "customer"]).nullable(),
  delivered_sequence: z.int().meta({ description: "The last entry that was taken." }),
  last_sequence: z.int().meta({ description: "The last entry of the log." }),
  entries_behind: z.int().meta({ description: "Entries that wait to be sent." }),
  delivered_at: z.iso.datetime().nullable(),
  failures: z.int().meta({ description: "Attempts that failed since the last that did not." }),
  failing_since: z.iso.datetime().nullable(),
  last_error: z.string().nullable(),
  next_attempt_at: z.iso.datetime().nullable().meta({ description: "While it fails." }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export const pauseStreamInputSchema = z.strictObject({ paused: z.boolean() });
export const streamSetViewSchema = streamViewSchema.extend({
  secret: z.string().nullable().meta({ description: "What a webhook is signed with; shown once." }),
});
export const streamRemovedViewSchema = z.object({
  object: z.literal("audit_stream"),
  deleted: z.literal(true),
});

export type SetStreamInput = z.output<typeof setStreamInputSchema>;
export type PauseStreamInput = z.output<typeof pauseStreamInputSchema>;
export type StreamView = z.output<typeof streamViewSchema>;
export type StreamSetView = z.output<typeof streamSetViewSchema>;
export type StreamRemovedView = z.output<typeof streamRemovedViewSchema>;
