import { isIPv4 } from "node:net";

/** Whether an address can only mean this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopbackUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  // The URL parser has already normalized 127.1, 0x7f000001 and the like to four numbers.
  const host = new URL(address).hostname.replace(/\.$/, "");
  if (isIPv4(host)) return host.startsWith("127.");
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]";
}
