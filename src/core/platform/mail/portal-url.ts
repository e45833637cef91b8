import { env } from "../env";

/** The full URL of a page of the portal, for a link in an email. */
export function portalUrl(path: string, query: Record<string, string> = {}): string {
  const url = new URL(path, env().APP_URL);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
