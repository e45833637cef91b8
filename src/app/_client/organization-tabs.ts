/**
 * The browser's tabs share one session, so they share its organization: when one of them changes it, the others would
 * go on showing the old one while their calls are answered for the new. The name of the organization on screen is kept
 * where all tabs see it.
 */
const KEY = "agatha-organization";
const HOME = "/overview";

/** Storage can be forbidden: then the tabs learn of a change when their account is read again. */
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

/** To the overview of the organization that the session is in now. A full load: nothing of the old one stays. */
export function enterOrganization(organizationId?: string): void {
  if (organizationId !== undefined) write(organizationId);
  location.replace(HOME);
}

/** Tells the other tabs where this one is, and follows when one of them leaves; also out of the back/forward cache. */
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
