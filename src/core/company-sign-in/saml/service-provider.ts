import {
  type CacheProvider,
  generateServiceProviderMetadata,
  SAML,
  ValidateInResponseTo,
} from "@node-saml/node-saml";
import { MINUTE } from "../../platform";
import type { ConnectionRow } from "../connection/connection-rows";
import { acsUrl, entityId } from "../connection/paths";
import { companySignInNotFound } from "../sign-in/refusals";

/** Difference of clocks that is taken for none. */
export const SKEW_MS = MINUTE;

export interface SamlProvider {
  /** Its entity ID. */
  issuer: string;
  ssoUrl: string;
  /** PEM. Two while one replaces the other. */
  certificates: readonly string[];
}

/** @throws AppError `not_found` for a connection that speaks something else. */
export function samlProviderOf({ kind, issuer, ssoUrl, certificates }: ConnectionRow): SamlProvider {
  if (kind === "saml" && ssoUrl !== null) return { issuer, ssoUrl, certificates };
  throw companySignInNotFound();
}

interface OneRequest {
  /** Of the AuthnRequest: what the response has to be in response to. */
  requestId: string;
  createdAt: Date;
  forceAuthn?: boolean;
}

/** For one request, which the database knows and not the library: whoever answers may be another process. */
export function serviceProvider(
  { issuer, ssoUrl, certificates }: SamlProvider,
  { requestId, createdAt, forceAuthn = false }: OneRequest,
): SAML {
  const cacheProvider: CacheProvider = {
    saveAsync: async (_, value) => ({ value, createdAt: createdAt.getTime() }),
    getAsync: async (key) => (key === requestId ? createdAt.toISOString() : null),
    removeAsync: async (key) => key,
  };
  return new SAML({
    issuer: entityId(),
    callbackUrl: acsUrl(),
    entryPoint: ssoUrl,
    idpIssuer: issuer,
    idpCert: [...certificates],
    audience: entityId(),
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: SKEW_MS,
    validateInResponseTo: ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: 11 * MINUTE,
    cacheProvider,
    generateUniqueId: () => requestId,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    forceAuthn,
  });
}

/** For identity providers that read it. The same for every organization. */
export function samlMetadata(): string {
  return generateServiceProviderMetadata({
    issuer: entityId(),
    callbackUrl: acsUrl(),
    identifierFormat: null,
    wantAssertionsSigned: true,
  });
}
