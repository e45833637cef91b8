import { toPublicId } from "../../platform";
import { env } from "../../platform/env";

const BASE = "/api/auth/company";

/** Below it SAML's endpoints; it is also our entity ID's path. */
export const SAML_PATH = `${BASE}/saml`;

/** Where identity providers send the browser back to. One address for all organizations; the state says which. */
export const redirectUri = () => `${origin()}${BASE}/callback`;

/** Where a sign-in through this connection begins. */
export const startPath = (connectionId: string) => `${BASE}/start/${toPublicId("con", connectionId)}`;
export const signInUrl = (connectionId: string) => `${origin()}${startPath(connectionId)}`;

/** Our name at identity providers that speak SAML, and where they post what they assert. */
export const entityId = () => `${origin()}${SAML_PATH}`;
export const acsUrl = () => `${entityId()}/acs`;
export const metadataUrl = () => `${entityId()}/metadata`;

const origin = () => new URL(env().APP_URL).origin;
