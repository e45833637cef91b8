import { ownPath } from "@/shared/own-path";

const HOME = "/overview";
/** The parameter that Next adds to its data requests. */
const DATA_PARAM = /([?&])_rsc=[^&#]*(&|(?=#)|$)/;

/** Where to go after sign-in: a path on this site; anything else becomes the portal's first page. */
export function safeNext(next: string | undefined | null, site?: string): string {
  const path = ownPath(next, site);
  if (path === null) return HOME;
  return path.replace(DATA_PARAM, (_match, before: string, after: string) => (after === "&" ? before : ""));
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string | null): string {
  return `/sign-in?next=${encodeURIComponent(safeNext(path))}`;
}
