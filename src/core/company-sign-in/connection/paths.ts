import { toPublicId } from "../../platform";
import { env } from "../../platform/env";

const BASE = "/api/auth/company";

/** Where identity providers send the browser back to. One address for all organizations; the state says which. */
export const redirectUri = () => `${origin()}${BASE}/callback`;

/** Where a sign-in through this connection begins. */
export const startPath = (connectionId: string) => `${BASE}/start/${toPublicId("con", connectionId)}`;
export const signInUrl = (connectionId: string) => `${origin()}${startPath(connectionId)}`;

const origin = () => new URL(env().APP_URL).origin;
