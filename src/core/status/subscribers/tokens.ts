import { z } from "zod";
import { AppError, type Clock, DAY, fromPublicId, toPublicId } from "../../platform";
import { decryptField, encryptField } from "../../platform/crypto/field";
import { isKeyedHash, keyedHash, keyedHashes } from "../../platform/crypto/keyed-hash";

const VALID_MS = 2 * DAY;
const PURPOSE = "status-subscription";
const contentSchema = z.object({ email: z.string(), until: z.number() });

/** Under a key that is in no database, so that the link carries the address and nobody who sees the link can read it. */
const KEY = `encryption-key:${PURPOSE}:1`;

/** Of the link that confirms an address. Nothing is stored of somebody who does not click it. */
export function confirmToken(email: string, clock: Clock): string {
  const content = { email, until: clock.now().getTime() + VALID_MS };
  return Buffer.from(encryptField(keyedHash(KEY), JSON.stringify(content), PURPOSE)).toString("base64url");
}

/** The address that a link confirms. @throws AppError `invalid_token`. */
export function readConfirmToken(token: string, clock: Clock): string {
  const [text] = keyedHashes(KEY).flatMap((key) => decrypted(key, token) ?? []);
  if (text === undefined) throw invalidToken();
  const { email, until } = contentSchema.parse(JSON.parse(text));
  if (until < clock.now().getTime()) throw invalidToken();
  return email;
}

function decrypted(key: Uint8Array, token: string): string | undefined {
  try {
    return decryptField(key, Buffer.from(token, "base64url"), PURPOSE);
  } catch {
    return undefined;
  }
}

const macText = (id: string) => `status-unsubscribe:${id}`;

/** In every email, and valid as long as the subscription: it can only end it. */
export function unsubscribeToken(id: string): string {
  return `${toPublicId("sub", id)}.${Buffer.from(keyedHash(macText(id))).toString("base64url")}`;
}

/** @throws AppError `invalid_token`. */
export function readUnsubscribeToken(token: string): string {
  const [publicId = "", mac = ""] = token.split(".");
  let id: string;
  try {
    id = fromPublicId("sub", publicId);
  } catch {
    throw invalidToken();
  }
  if (!isKeyedHash(Buffer.from(mac, "base64url"), macText(id))) throw invalidToken();
  return id;
}

function invalidToken(): AppError {
  return new AppError("invalid_token", {
    public: "This link isn't valid or has expired. Subscribe again on the status page.",
    param: "token",
  });
}
