/**
 * The tabs of a browser share one session, and with it the organization. When one tab switches, the others would still
 * show the old organization while their calls reach the new one, so each tab publishes its organization under this key.
 */
const KEY = "agatha-organization";
const HOME = "/overview";

/** Storage can be forbidden: then the other tabs see a switch when they next load the account. */
function write(organizationId: string): void {
  try {
    localStorage.setItem(KEY, organizationId);
  } catch {
    // See above.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Opens the overview of the session's organization, by a full load: nothing of the old one stays. */
export function enterOrganization(organizationId?: string): void {
  if (organizationId !== undefined) write(organizationId);
  location.replace(HOME);
}

/** Publishes this tab's organization, and reloads when another tab switches, also after the back/forward cache. */
export function followOrganization(organizationId: string): () => void {
  write(organizationId);
  const follow = () => {
    const current = read();
    if (current !== null && current !== organizationId) location.replace(HOME);
  };
  const onStorage = ({ key }: StorageEvent) => {
    if (key === KEY) follow();
  };
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) follow();
  };
  addEventListener("storage", onStorage);
  addEventListener("pageshow", onShow);
  return () => {
    removeEventListener("storage", onStorage);
    removeEventListener("pageshow", onShow);
  };
}
