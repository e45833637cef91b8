/** Stands in for our own site while an address is resolved; no such host can exist (RFC 2606). */
const STAND_IN = "http://own-site.invalid";
/** We never encode an address more often than this. */
const MAX_DECODINGS = 4;

/**
 * The path, query and fragment of an address on our own site, or null for any other. Every redirect target of sign-in,
 * sign-up, invitations and next-auth's callbacks goes through here (OWASP Unvalidated Redirects). What lies under `/api` is no
 * page to lead anybody to: a GET there may begin a sign-in.
 *
 * The address is resolved as a browser does it, and the result is resolved again: `/.//evil.example` is on this site,
 * but the path it leads to, `//evil.example`, is not. What a proxy or page could turn into such a path by decoding it
 * is refused as well.
 * @param site our own origin, to accept absolute addresses of ours; without it only paths are accepted.
 */
export function ownPath(target: string | null | undefined, site?: string): string | null {
  if (typeof target !== "string") return null;
  const origin = site === undefined ? STAND_IN : new URL(site).origin;
  const url = target.startsWith("/") ? read(target, origin) : site === undefined ? null : read(target);
  if (url === null) return null;
  if (url.origin !== origin || url.username !== "" || url.password !== "") return null;
  const path = `${url.pathname}${url.search}${url.hash}`;
  return staysOnSite(path, origin) && !hidesAnotherSite(url.pathname) ? path : null;
}

/**
 * Without a base, only addresses that are absolute by themselves: with a base of the same scheme, `https:evil.example`
 * is a path.
 */
function read(target: string, base?: string): URL | null {
  return URL.canParse(target, base) ? new URL(target, base) : null;
}

function staysOnSite(path: string, origin: string): boolean {
  return read(path, origin)?.href === `${origin}${path}`;
}

/** Whether some decoding of the path starts like another site's address or our API's, or has characters that browsers drop. */
function hidesAnotherSite(pathname: string): boolean {
  let decoded = pathname;
  for (let round = 0; round <= MAX_DECODINGS; round += 1) {
    if (/^[/\\]{2}|[\\\p{Cc}]/u.test(decoded) || !staysOnPath(decoded)) return true;
    if (/^\/api(\/|$)/.test(read(decoded, STAND_IN)?.pathname ?? "")) return true;
    const next = decode(decoded);
    if (next === null || next === decoded) return false;
    decoded = next;
  }
  return true;
}

/** Dots can bring a doubled slash to the front: `/a/..//evil.example`. */
function staysOnPath(pathname: string): boolean {
  return read(pathname, STAND_IN)?.pathname.startsWith("//") === false;
}

/** Null for text that is not valid percent-encoding, which nobody decodes any further. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
