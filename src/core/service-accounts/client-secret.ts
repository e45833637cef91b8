import { SERVICE_SECRET_PREFIX } from "../keys";
import { checkedSecret, endsWithChecksum, partsShown } from "../platform/crypto/checked-secret";
import { type Bytes, sha256 } from "../platform/crypto/hash";

const SECRET = /^agt_svc_[0-9A-Za-z]{38}$/;

/** Whether the text has the form of a service account's client secret, its checksum included. */
export function isServiceSecret(text: string): boolean {
  return SECRET.test(text) && endsWithChecksum(text);
}

export interface NewServiceSecret {
  secret: string;
  secretHash: Bytes;
  shown: { prefix: string; lastFour: string };
}

/** 190 random bits, stored as SHA-256. */
export function newServiceSecret(): NewServiceSecret {
  const secret = checkedSecret(SERVICE_SECRET_PREFIX);
  return { secret, secretHash: sha256(secret), shown: partsShown(secret) };
}
