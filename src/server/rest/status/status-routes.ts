import { AppError } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import { measurementsSchema, unsubscribe, unsubscribedSchema } from "@agathaai/core/status";
import { z } from "zod";
import { getPlatformStatus, overallStates } from "../../platform-status";
import { respondJson } from "../respond";
import type { SystemRoute } from "../system-route";
import { statusExample } from "./status-example";
import { renderStatusFeed } from "./status-feed";

/** As long as the status itself is kept: nobody sees less by asking more often. */
const CACHED = "public, max-age=10";

const statusSchema = z.strictObject({
  status: z.enum(overallStates),
  checked_at: z.iso.datetime(),
  measurements: measurementsSchema
    .nullable()
    .meta({ description: "Null while our measurements cannot be read." }),
});

const status: SystemRoute = {
  path: "/api/status",
  operationId: "getStatus",
  summary: "Get the status of the service",
  description:
    "Returns what the status page shows: each component with its last 90 days, incidents and maintenance. Needs no key. Also answers while the database is away: then `measurements` is null.",
  responses: {
    200: { name: "ServiceStatus", description: "The status.", schema: statusSchema, example: statusExample },
  },
  serve: async (c) => {
    const { overall, measurements, checkedAt } = await getPlatformStatus();
    c.var.call.headers.set("cache-control", CACHED);
    return respondJson(c.var.call, 200, {
      status: overall,
      checked_at: checkedAt.toISOString(),
      measurements,
    });
  },
};

const feed: SystemRoute = {
  path: "/api/status/feed",
  operationId: "getStatusFeed",
  summary: "Get updates of incidents and maintenance as a feed",
  description:
    "Returns the updates of the last 90 days as an Atom feed (RFC 4287), newest first. Needs no key.",
  responses: {
    200: {
      name: "StatusFeed",
      description: "The feed.",
      schema: z.string(),
      mediaType: "application/atom+xml",
      example: '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">…</feed>\n',
    },
  },
  errors: ["service_unavailable"],
  serve: async (c) => {
    const { measurements, checkedAt } = await getPlatformStatus();
    // An empty feed would say that there is no incident.
    if (measurements === null) {
      throw new AppError("service_unavailable", {
        public: "Incidents can't be read right now. Try again in a moment.",
      });
    }
    const { headers } = c.var.call;
    headers.set("content-type", "application/atom+xml; charset=utf-8");
    headers.set("cache-control", CACHED);
    const text = renderStatusFeed(measurements, { appUrl: env().APP_URL, readAt: checkedAt });
    return new Response(text, { status: 200, headers });
  },
};

/** What a mail program calls when its reader clicks its own "Unsubscribe" (RFC 8058). Scanners only open links, and change nothing. */
const oneClickUnsubscribe: SystemRoute = {
  method: "POST",
  path: "/api/status/unsubscribe",
  operationId: "unsubscribeFromStatus",
  summary: "End the emails about the status",
  description:
    "Mail programs call it by the `List-Unsubscribe` header of an email (RFC 8058). Its token is all it needs; a second call changes nothing.",
  query: { token: "From the email." },
  responses: {
    200: {
      name: "Unsubscribed",
      description: "No more emails.",
      schema: unsubscribedSchema,
      example: { subscribed: false },
    },
  },
  errors: ["invalid_token", "service_unavailable"],
  serve: async (c) =>
    respondJson(c.var.call, 200, await unsubscribe(db(), { token: c.req.query("token") ?? "" })),
};

export const statusRoutes: readonly SystemRoute[] = [status, feed, oneClickUnsubscribe];
