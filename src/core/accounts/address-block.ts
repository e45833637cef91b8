import ipaddr from "ipaddr.js";
import { blindIndex } from "../platform/crypto/blind-index";

/**
 * Whom an address stands for, as a keyed fingerprint (addresses are personal data, and counters are not encrypted). An
 * IPv6 customer holds a /64 at least, so counting single IPv6 addresses would count nothing.
 */
export function addressFingerprint(ip: string): string {
  const known = fingerprints.get(ip);
  if (known !== undefined) return known;
  const fingerprint = Buffer.from(blindIndex(`address:${addressBlock(ip)}`)).toString("base64url");
  if (fingerprints.size >= MOST_KNOWN) fingerprints.clear();
  fingerprints.set(ip, fingerprint);
  return fingerprint;
}

/** Every call is recorded with its address, and most calls come from few: parsing and hashing each was 4 % of a status check. */
const fingerprints = new Map<string, string>();
const MOST_KNOWN = 10_000;

/** What the audit trail keeps of an address. */
export function addressDetail(ip: string | null): { address?: string } {
  return ip === null ? {} : { address: addressFingerprint(ip) };
}

export function addressBlock(ip: string): string {
  if (!ipaddr.isValid(ip)) return "unknown";
  const address = ipaddr.process(ip);
  if (address.kind() === "ipv4") return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`;
}
