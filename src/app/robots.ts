import type { MetadataRoute } from "next";
import { publicUrl } from "./_lib/public-url";

export const dynamic = "force-dynamic";

/** The API, and pages that show only the signed-in reader something. */
const own = [
  "/admin",
  "/api/",
  "/apps",
  "/audit",
  "/billing",
  "/confirm-email",
  "/device",
  "/end-sessions",
  "/erased",
  "/exports",
  "/invite",
  "/keys",
  "/oauth/",
  "/overview",
  "/playground",
  "/requests",
  "/reset-password",
  "/service-accounts",
  "/settings",
  "/status/confirm",
  "/status/unsubscribe",
  "/team",
  "/undo-email",
  "/usage",
  "/v1/",
  "/verify",
  "/webhooks",
];

export default function robots(): MetadataRoute.Robots {
  return {
    rules: { userAgent: "*", allow: "/", disallow: own },
    sitemap: `${publicUrl()}/sitemap.xml`,
  };
}
