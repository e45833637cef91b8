import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import { blindIndex } from "../../platform/crypto/blind-index/blind-index";
import { fingerprint, type KeySource, knownFingerprint, type Subject } from "../../privacy";

/**
 * A keyed fingerprint of an IP block, for counters that live for an hour: IP addresses are personal data, and counters
 * are not encrypted. Stored rows use `ipDetail` instead. IPv6 is counted by /64, the least that one customer has.
 */
export function ipFingerprint(ip: string): string {
  const known = fingerprints.get(ip);
  if (known !== undefined) return known;
  const fingerprint = Buffer.from(blindIndex("address", ipBlock(ip))).toString("base64url");
  fingerprints.set(ip, fingerprint);
  return fingerprint;
}

const fingerprints = new LRUCache<string, string>({ max: 10_000 });

/**
 * The IP address in the details of an audit entry: a fingerprint under the subject's data key, so that after an erasure
 * nobody can test whether an address was theirs.
 */
export async function ipDetail(
  db: KeySource,
  subject: Subject,
  ip: string | null,
): Promise<{ address?: string }> {
  if (ip === null) return {};
  return { address: textOf(await fingerprint(db, subject, "address", blockOf(ip))) };
}

/** The address that `ipDetail` gives, where it is known without asking anybody. */
export function knownIpDetail(subject: Subject, ip: string): string | undefined {
  const bytes = knownFingerprint(subject, "address", blockOf(ip));
  return bytes && textOf(bytes);
}

/** The texts of fingerprints that are in memory anyway, and no longer than these. */
const texts = new WeakMap<Uint8Array, string>();

function textOf(bytes: Uint8Array): string {
  let text = texts.get(bytes);
  if (text === undefined) {
    text = Buffer.from(bytes).toString("base64url");
    texts.set(bytes, text);
  }
  return text;
}

/** Cached, because parsing the IP address took 4 % of a status check and most calls come from few addresses. */
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
