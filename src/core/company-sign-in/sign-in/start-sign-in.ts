import { buildAuthorizationUrl, calculatePKCECodeChallenge } from "openid-client";
import { domainOf } from "../../accounts";
import { getOrganizationPlan, hasFeature } from "../../orgs";
import { AppError, type Clock, type Db, MINUTE, systemClock } from "../../platform";
import { randomToken, sha256 } from "../../platform/crypto/hash";
import { type ConnectionRow, connectionColumns } from "../connection/connection-rows";
import { identityProvider } from "../connection/identity-provider";
import { readSecret } from "../connection/manage-connection";
import { redirectUri, startPath } from "../connection/paths";
import { requestIdOf } from "../saml/request-id";
import { samlProviderOf, serviceProvider } from "../saml/service-provider";
import { companySignInNotFound } from "./refusals";

/** How long a person has at their identity provider. */
export const REQUEST_MS = 10 * MINUTE;

/**
 * Where the sign-in of an address begins. It depends on the domain alone, and says nothing of whether the address has an
 * account, here or at the company.
 */
export async function findCompany(db: Db, { email }: { email: string }): Promise<{ start: string | null }> {
  const found = await db.organizationDomain.findFirst({
    where: {
      domain: domainOf(email),
      verifiedAt: { not: null },
      organization: { deletedAt: null, suspendedAt: null, connection: { isNot: null } },
    },
    select: { orgId: true, organization: { select: { connection: { select: { id: true } } } } },
  });
  const id = found?.organization.connection?.id;
  if (found === null || id === undefined || !(await isOnPlan(db, found.orgId))) return { start: null };
  return { start: startPath(id) };
}

interface StartSignIn {
  /** The connection, or the session whose person is to prove again who they are. */
  by: { connectionId: string } | { stepUp: { sessionId: string } };
  /** A path of ours. */
  next: string;
}

export interface StartedSignIn {
  /** At the identity provider. */
  url: string;
  /** For a cookie of this browser: who comes back without it is not who began. */
  holder: string;
}

/**
 * Begins a sign-in. The database keeps hashes; PKCE verifier and nonce are made of what only this browser has, so that a
 * code is of use in it alone.
 * @throws AppError `not_found` where there is no such sign-in; `service_unavailable` where the provider cannot be reached.
 */
export async function startCompanySignIn(
  db: Db,
  { by, next }: StartSignIn,
  clock: Clock = systemClock,
): Promise<StartedSignIn> {
  const sessionId = "stepUp" in by ? by.stepUp.sessionId : null;
  const connection = await findConnection(
    db,
    "stepUp" in by ? await connectionOf(db, by.stepUp) : by.connectionId,
  );
  const [holder, state] = [randomToken(), randomToken()];
  const now = clock.now();
  const begin = { connection, holder, state, again: sessionId !== null, now };
  const url = await (connection.kind === "saml" ? beginSaml(begin) : beginOidc(db, begin));
  await db.companySignInRequest.create({
    data: {
      stateHash: sha256(state),
      connectionId: connection.id,
      holderHash: sha256(holder),
      sessionId,
      nextPath: next,
      createdAt: now,
      expiresAt: new Date(now.getTime() + REQUEST_MS),
    },
  });
  return { url, holder };
}

interface Begin {
  connection: ConnectionRow;
  holder: string;
  state: string;
  /** The person has to sign in anew. */
  again: boolean;
  now: Date;
}

async function beginOidc(db: Db, { connection, holder, state, again }: Begin): Promise<string> {
  const provider = await configurationOf(db, connection);
  const { verifier, nonce } = secretsOf({ holder, state });
  const url = buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri(),
    scope: "openid email profile",
    response_type: "code",
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...(again && { prompt: "login", max_age: "0" }),
  });
  return url.href;
}

async function beginSaml({ connection, state, again, now: createdAt }: Begin): Promise<string> {
  const request = { requestId: requestIdOf(state), createdAt, forceAuthn: again };
  return await serviceProvider(samlProviderOf(connection), request).getAuthorizeUrlAsync(
    state,
    undefined,
    {},
  );
}

/** Made of the browser's secret, so that neither stands in the database nor in a URL. */
export function secretsOf({ holder, state }: { holder: string; state: string }) {
  const derive = (what: string) => Buffer.from(sha256(`${what} ${state} ${holder}`)).toString("base64url");
  return { verifier: derive("verifier"), nonce: derive("nonce") };
}

/** A connection that signs people in now. @throws AppError `not_found`. */
export async function findConnection(db: Db, id: string | null): Promise<ConnectionRow> {
  const row =
    id === null
      ? null
      : await db.companyConnection.findFirst({
          where: { id, organization: { deletedAt: null, suspendedAt: null } },
          select: connectionColumns,
        });
  if (row !== null && (await isOnPlan(db, row.orgId))) return row;
  throw companySignInNotFound();
}

/** @throws AppError `service_unavailable`. */
export async function configurationOf(db: Db, row: ConnectionRow) {
  const clientSecret = await readSecret(db, row);
  const client = { issuer: row.issuer, clientId: row.clientId ?? "", clientSecret };
  return await identityProvider(client, `${row.id} ${row.updatedAt.getTime()}`).catch((error: unknown) => {
    throw new AppError("service_unavailable", {
      public: "Your company’s identity provider can’t be reached. Try again in a minute.",
      internal: "an identity provider could not be discovered",
      retryAfterSeconds: 60,
      cause: error,
    });
  });
}

async function connectionOf(db: Db, { sessionId }: { sessionId: string }): Promise<string | null> {
  const session = await db.session.findUnique({
    where: { id: sessionId, revokedAt: null },
    select: { connectionId: true },
  });
  return session?.connectionId ?? null;
}

async function isOnPlan(db: Db, orgId: string): Promise<boolean> {
  return hasFeature(await getOrganizationPlan(db, orgId), "companySignIn");
}
