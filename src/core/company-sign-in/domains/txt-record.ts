import { Resolver } from "node:dns/promises";
import { SECOND } from "../../platform";
import { randomToken } from "../../platform/crypto/hash";
import { env } from "../../platform/env";
import { log } from "../../platform/observability/log";

const TIMEOUT_MS = 3 * SECOND;
const TRIES = 2;

/** `unknown`: the name servers did not answer, so the record may be there or not. */
export type RecordState = "present" | "absent" | "unknown";

/** A name of its own, so that it stands beside whatever else the domain's TXT records say. */
export const recordName = (domain: string) => `_agathaai.${domain}`;
export const recordValue = (proof: string) => `agathaai-domain=${proof}`;
export const newDomainProof = () => randomToken();

/** Whether the domain's owner has published the proof. Only an answer that has no such record says that it is absent. */
export async function findRecord({ domain, proof }: { domain: string; proof: string }): Promise<RecordState> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const servers = env().AGATHA_DNS_SERVERS;
  if (servers.length > 0) resolver.setServers(servers);
  try {
    const records = await resolver.resolveTxt(recordName(domain));
    // A record longer than 255 characters comes in parts.
    const found = records.some((parts) => parts.join("").trim() === recordValue(proof));
    return found ? "present" : "absent";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENODATA" || code === "ENOTFOUND") return "absent";
    log().warn({ code }, "a domain's name servers did not answer");
    return "unknown";
  }
}
