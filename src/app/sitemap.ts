import type { MetadataRoute } from "next";
import { publicUrl } from "./_lib/public-url";
import { guides } from "./(public)/docs/_lib/guides";

export const dynamic = "force-dynamic";

const pages = [
  "/",
  "/pricing",
  "/enterprise",
  "/status",
  "/terms",
  "/privacy",
  "/dpa",
  "/baa",
  "/subprocessors",
  "/do-not-sell",
];

/** What anyone may find. */
export default function sitemap(): MetadataRoute.Sitemap {
  const url = publicUrl();
  return [...pages, ...guides.map(({ href }) => href)].map((path) => ({ url: `${url}${path}` }));
}
