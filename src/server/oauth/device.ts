import type { IncomingMessage } from "node:http";
import { describeDevice, ipFingerprint } from "@agathaai/core/accounts";
import { consumeLimit } from "@agathaai/core/limits";
import {
  apiResource,
  consumeArtifact,
  type DeviceRequest,
  describeConsent,
  deviceDecisionSchema,
  deviceRequestInputSchema,
  endGrant,
  findClient,
  giveGrant,
  requestedScopes,
} from "@agathaai/core/oauth";
import {
  AppError,
  type Db,
  fromPublicId,
  MINUTE,
  SECOND,
  toPublicId,
  type UserPrincipal,
} from "@agathaai/core/platform";
import type Provider from "oidc-provider";
import { z } from "zod";
import { sessionPrincipal } from "../auth/session-principal";
import { signInOf } from "./consent";
import { readJson } from "./read-json";

interface Call {
  incoming: IncomingMessage;
  ip: string;
}

/** Codes that a person, and everyone at one IP address, may enter: enough to mistype, too few to guess (RFC 8628 §5.1). */
const TRIES_PER_PERSON = 10;
const TRIES_PER_ADDRESS = 40;
const TRIES_MS = 10 * MINUTE;

const infoSchema = z.object({ network: z.string(), userAgent: z.string() });
const paramsSchema = z.object({ scope: z.string().default("") });

type DeviceCode = NonNullable<Awaited<ReturnType<Provider["DeviceCode"]["findByUserCode"]>>>;

/**
 * What the page shows of the request whose code a person entered: the same as of any app's, and where the request came from, because
 * somebody else may have sent them the code (RFC 8628 §5.4).
 * @throws AppError `missing_credentials`, `not_found`, `too_many_attempts`.
 */
export async function readDevice(provider: Provider, db: Db, { incoming, ip }: Call): Promise<DeviceRequest> {
  const { user_code } = deviceRequestInputSchema.parse(await readJson(incoming));
  const principal = await personOf(incoming);
  const code = await findCode(provider, db, { userCode: user_code, principal, ip });
  const info = infoSchema.safeParse(code.deviceInfo);
  const shown = await describeConsent(db, { principal, request: requestOf(code) });
  return {
    ...shown,
    user_code: `${user_code.slice(0, 4)}-${user_code.slice(4)}`,
    device: {
      name: describeDevice(info.success ? info.data.userAgent : null),
      asked_at: new Date((code.iat ?? 0) * SECOND).toISOString(),
      same_network: info.success && info.data.network === ipFingerprint(ip),
    },
  };
}

/**
 * Records the person's decision; their device learns of it when it asks next. A code takes one decision.
 * @throws AppError as `readDevice`, and as `giveGrant`.
 */
export async function decideDevice(
  provider: Provider,
  db: Db,
  { incoming, ip }: Call,
): Promise<{ decided: "allow" | "deny" }> {
  const input = deviceDecisionSchema.parse(await readJson(incoming));
  const principal = await personOf(incoming);
  const code = await findCode(provider, db, { userCode: input.user_code, principal, ip });
  if (input.decision === "deny") {
    await claim(db, input.user_code);
    Object.assign(code, { error: "access_denied", errorDescription: "the person did not agree" });
    await code.save();
    return { decided: "deny" };
  }
  const { appId, scope } = requestOf(code);
  const client = await findClient(db, appId);
  if (client === undefined) throw new AppError("not_found", { public: "This app was deleted." });
  if (!client.deviceFlow) throw unknownCode();
  const signedInAt = await signInOf(db, principal);
  const { grantId, scopes } = await giveGrant(db, {
    principal,
    appId,
    orgId: input.organization_id,
    scopes: requestedScopes(scope, client.scopes),
    device: true,
  });
  try {
    await claim(db, input.user_code);
  } catch (error) {
    // Somebody decided at the same moment: what was just agreed to has no device.
    await endGrant(db, { grantId });
    throw error;
  }
  Object.assign(code, {
    accountId: toPublicId("usr", principal.userId),
    authTime: Math.floor(signedInAt.getTime() / SECOND),
    grantId: toPublicId("agr", grantId),
    resource: apiResource(),
    scope: scopes.join(" "),
  });
  await code.save();
  return { decided: "allow" };
}

/** @throws AppError `missing_credentials`; `insufficient_scope` for another site's page. */
async function personOf(incoming: IncomingMessage): Promise<UserPrincipal> {
  const principal = await sessionPrincipal(incoming.headers);
  if (principal === null) throw new AppError("missing_credentials", { public: "Sign in to continue." });
  return principal;
}

async function findCode(
  provider: Provider,
  db: Db,
  { userCode, principal, ip }: { userCode: string; principal: UserPrincipal; ip: string },
): Promise<DeviceCode> {
  await countTry(db, `oauth:user-code:user:${principal.userId}`, TRIES_PER_PERSON);
  await countTry(db, `oauth:user-code:address:${ipFingerprint(ip)}`, TRIES_PER_ADDRESS);
  const code = await provider.DeviceCode.findByUserCode(userCode);
  if (code === undefined || code.isExpired || code.accountId !== undefined || code.error !== undefined) {
    throw unknownCode();
  }
  return code;
}

async function countTry(db: Db, key: string, limit: number): Promise<void> {
  const decision = await consumeLimit(db, { key, limit, windowMs: TRIES_MS });
  if (decision.allowed) return;
  throw new AppError("too_many_attempts", {
    public: "Too many codes were entered. Try again in a few minutes.",
    retryAfterSeconds: Math.max(1, Math.ceil((decision.resetAt.getTime() - Date.now()) / SECOND)),
  });
}

/** Of several decisions at the same time one counts. @throws AppError `not_found`. */
async function claim(db: Db, userCode: string): Promise<void> {
  if (!(await consumeArtifact(db, { kind: "UserCode", secret: userCode }))) throw unknownCode();
}

/** The same for a code that never was, has expired, or was used. */
function unknownCode(): AppError {
  return new AppError("not_found", {
    public:
      "This code isn’t valid. It may have expired or been used. Check it, or start again on your device.",
    param: "user_code",
  });
}

function requestOf(code: DeviceCode): { appId: string; scope: string } {
  const { scope } = paramsSchema.parse(code.params ?? {});
  return { appId: fromPublicId("app", code.clientId ?? ""), scope };
}
