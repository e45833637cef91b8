import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import { blindIndex } from "../../platform/crypto/blind-index";
import { fingerprint, type KeySource, type Subject } from "../../privacy";

/**
 * Whom an address stands for, as a keyed fingerprint for counters that live for an hour (addresses are personal data,
 * and counters are not encrypted). Nothing that is kept holds it: see `ipDetail`. An IPv6 customer holds a /64 at least, so counting single IPv6 addresses would count nothing.
 */
export function ipFingerprint(ip: string): string {
  const known = fingerprints.get(ip);
  if (known !== undefined) return known;
  const fingerprint = Buffer.from(blindIndex(`address:${ipBlock(ip)}`)).toString("base64url");
  fingerprints.set(ip, fingerprint);
  return fingerprint;
}

const fingerprints = new LRUCache<string, string>({ max: 10_000 });

/**
 * What the audit trail keeps of an address: a fingerprint under the key of whom the row is about, so that after their
 * erasure nobody can tell whether it was theirs.
 */
export async function ipDetail(
  db: KeySource,
  subject: Subject,
  ip: string | null,
): Promise<{ address?: string }> {
  if (ip === null) return {};
  const mark = await fingerprint(db, subject, "address", blockOf(ip));
  return { address: Buffer.from(mark).toString("base64url") };
}

/** Parsing each call's address was 4 % of a status check, and most calls come from few. */
function blockOf(ip: string): string {
  const known = blocks.get(ip);
  if (known !== undefined) return known;
  const block = ipBlock(ip);
  blocks.set(ip, block);
  return block;
}

const blocks = new LRUCache<string, string>({ max: 10_000 });

export function ipBlock(ip: string): string {
  if (!ipaddr.isValid(ip)) return "unknown";
  const address = ipaddr.process(ip);
  if (address.kind() === "ipv4") return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`;
}
