import { ownPath } from "@/shared/own-path";

const HOME = "/overview";
/** Next's own mark on the data of a page. */
const DATA_MARK = /([?&])_rsc=[^&#]*(&|(?=#)|$)/;

/** Where to go after signing in: a path on this site, or the portal's first page for everything else. */
export function safeNext(next: string | undefined | null, site?: string): string {
  const path = ownPath(next, site);
  if (path === null) return HOME;
  return path.replace(DATA_MARK, (_match, before: string, after: string) => (after === "&" ? before : ""));
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string | null): string {
  return `/sign-in?next=${encodeURIComponent(safeNext(path))}`;
}
