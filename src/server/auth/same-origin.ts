/** What browsers say of where a call comes from. No page can forge it. */
export interface CallOrigin {
  /** `Sec-Fetch-Site`. */
  site: string | null | undefined;
  /** `Origin`. */
  origin: string | null | undefined;
  /** The host called. */
  host: string | null | undefined;
}

/** OWASP's defense against CSRF: Fetch Metadata, else Origin against the host called. Neither: not a current browser. */
export function isSameOrigin({ site, origin, host }: CallOrigin): boolean {
  if (site) return site === "same-origin";
  return Boolean(origin) && URL.canParse(origin ?? "") && new URL(origin ?? "").host === host;
}
