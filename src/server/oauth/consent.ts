import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type ConsentRequest,
  consentDecisionSchema,
  describeConsent,
  findClient,
  giveGrant,
  requestedScopes,
} from "@agathaai/core/oauth";
import {
  AppError,
  type Db,
  fromPublicId,
  SECOND,
  toPublicId,
  type UserPrincipal,
} from "@agathaai/core/platform";
import type Provider from "oidc-provider";
import { errors } from "oidc-provider";
import { sessionPrincipal } from "../auth/session-principal";
import { readJson } from "./read-json";

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

interface Asked {
  interaction: Interaction;
  principal: UserPrincipal;
  /** When the person signed in to the portal. */
  signedInAt: Date;
  /** The app wants the person to sign in anew first (`prompt=login`, `max_age`). */
  reauthenticate: boolean;
  request: { appId: string; scope: string; redirectUri: string };
}

/**
 * What the consent page shows. Only the browser that began the request can read it, because its cookie names the
 * request: an attacker cannot send somebody a link to the attacker's own request, and then act as that person.
 * @throws AppError `not_found` for a request of another browser or one that has expired, `missing_credentials`.
 */
export async function readConsent(
  provider: Provider,
  db: Db,
  call: { uid: string; incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<ConsentRequest & { reauthenticate: boolean }> {
  const { principal, request, reauthenticate } = await ask(provider, db, call);
  return { ...(await describeConsent(db, { principal, request })), reauthenticate };
}

/**
 * Records the person's decision and returns where the browser goes with it. Only our own page can call it: the
 * session's cookie is accepted from the same origin alone, and a form on another site cannot send JSON.
 * @throws AppError as `readConsent`, and as `giveGrant`.
 */
export async function decideConsent(
  provider: Provider,
  db: Db,
  call: { uid: string; incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<{ redirect_to: string }> {
  const decision = consentDecisionSchema.parse(await readJson(call.incoming));
  const { interaction, principal, request, reauthenticate, signedInAt } = await ask(provider, db, call);
  if (interaction.result !== undefined) return { redirect_to: interaction.returnTo };
  const finish = async (result: Parameters<Provider["interactionResult"]>[2]) => ({
    redirect_to: await provider.interactionResult(call.incoming, call.outgoing, result, {
      mergeWithLastSubmission: false,
    }),
  });
  if (decision.decision === "deny") {
    return await finish({ error: "access_denied", error_description: "the person did not agree" });
  }
  if (reauthenticate) {
    throw new AppError("missing_credentials", { public: "The app asks you to sign in again first." });
  }
  const client = await findClient(db, request.appId);
  if (client === undefined) throw new AppError("not_found", { public: "This app was deleted." });
  const { grantId } = await giveGrant(db, {
    principal,
    appId: request.appId,
    orgId: decision.organization_id,
    scopes: requestedScopes(request.scope, client.scopes),
  });
  return await finish({
    login: {
      accountId: toPublicId("usr", principal.userId),
      ts: Math.floor(signedInAt.getTime() / SECOND),
      remember: false,
    },
    consent: { grantId: toPublicId("agr", grantId) },
  });
}

async function ask(
  provider: Provider,
  db: Db,
  { uid, incoming, outgoing }: { uid: string; incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<Asked> {
  const interaction = await interactionOf(provider, incoming, outgoing);
  if (interaction === undefined || interaction.uid !== uid) {
    throw new AppError("not_found", {
      public:
        "This request has expired, or was started in another browser. Go back to the app and try again.",
    });
  }
  const principal = await sessionPrincipal(incoming.headers);
  if (principal === null) {
    throw new AppError("missing_credentials", { public: "Sign in to continue." });
  }
  const { params } = interaction;
  const signedInAt = await signInOf(db, principal);
  return {
    interaction,
    principal,
    signedInAt,
    reauthenticate: isTooOld(signedInAt, interaction),
    request: {
      appId: fromPublicId("app", String(params.client_id)),
      scope: typeof params.scope === "string" ? params.scope : "",
      redirectUri: String(params.redirect_uri),
    },
  };
}

async function interactionOf(
  provider: Provider,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(incoming, outgoing);
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  }
}

/** When the person signed in to the portal. @throws AppError `missing_credentials`. */
export async function signInOf(db: Db, { sessionId }: UserPrincipal): Promise<Date> {
  const session = await db.session.findUnique({ where: { id: sessionId }, select: { createdAt: true } });
  if (session === null) throw new AppError("missing_credentials", { public: "Sign in to continue." });
  return session.createdAt;
}

/** OpenID Connect Core §3.1.2.1: signed in before the request, or longer ago than the app accepts. */
function isTooOld(signedInAt: Date, { params, iat }: Interaction): boolean {
  const since = Math.floor(signedInAt.getTime() / SECOND);
  const prompts = typeof params.prompt === "string" ? params.prompt.split(" ") : [];
  if (prompts.includes("login") && since < iat) return true;
  const maxAge = params.max_age === undefined ? Number.POSITIVE_INFINITY : Number(params.max_age);
  return iat - since > maxAge;
}
