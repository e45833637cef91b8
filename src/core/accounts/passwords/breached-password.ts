import { createHash } from "node:crypto";
import { SECOND } from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { env } from "../../platform/env";
import { log } from "../../platform/observability/log";
import { counter } from "../../platform/observability/metrics";

/** The longest that a sign-up waits for the server. */
const TIMEOUT_MS = SECOND;
/** A padded answer has about 1,000 lines of 40 characters. */
const MAX_BYTES = 512 * 1024;
const PREFIX_LENGTH = 5;

const checks = singleton("breached password metrics", () =>
  counter(
    "agatha_breached_password_checks_total",
    "New passwords looked up among breached ones: clean, breached, or unavailable (accepted unseen).",
    ["result"],
  ),
);

/**
 * Whether the password is among those of known breaches, by Have I Been Pwned's range protocol: the server is told five of the
 * forty hexadecimal digits of its SHA-1 and answers with every suffix it knows, padded, so that neither it nor a listener learns
 * which one was looked for. Where no server is configured, or it does not answer in a second, the password counts as clean:
 * our own list of common ones is asked in any case.
 */
export async function isBreachedPassword(password: string): Promise<boolean> {
  const { BREACHED_PASSWORDS_URL: server } = env();
  if (server === undefined) return false;
  const digest = createHash("sha1").update(password, "utf8").digest("hex").toUpperCase();
  const prefix = digest.slice(0, PREFIX_LENGTH);
  try {
    const breached = holds(await readRange(server, prefix), digest.slice(PREFIX_LENGTH));
    checks().inc({ result: breached ? "breached" : "clean" });
    return breached;
  } catch (error) {
    checks().inc({ result: "unavailable" });
    // Without the error's text, which can quote the URL and with it the prefix.
    log().warn({ reason: error instanceof Error ? error.name : "unknown" }, "breached passwords: no answer");
    return false;
  }
}

async function readRange(server: string, prefix: string): Promise<string> {
  const response = await fetch(`${server.replace(/\/+$/, "")}/range/${prefix}`, {
    headers: { "Add-Padding": "true", "User-Agent": "AgathaAI" },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok || response.body === null) throw new RangeUnavailable(`status ${response.status}`);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw new RangeUnavailable("the answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("latin1");
}

class RangeUnavailable extends Error {
  override readonly name = "RangeUnavailable";
}

/** Lines are `SUFFIX:COUNT`; those of padding have a count of 0. A response in any other form is ignored. */
function holds(range: string, suffix: string): boolean {
  const lines = range.split(/\r?\n/).filter((line) => line !== "");
  if (!lines.every((line) => /^[0-9A-F]{35}:\d+$/i.test(line))) throw new RangeUnavailable("not a range");
  return lines.some((line) => {
    const [known = "", count] = line.split(":");
    return known.toUpperCase() === suffix && count !== "0";
  });
}
