import { isIP } from "node:net";
import { type ConnectionOptions, connect } from "node:tls";
import { parseHostPort } from "@agathaai/core/audit-streams";
import {
  assertPublicHost,
  type Lookup,
  publicLookup,
} from "@agathaai/core/platform/network/public-connections";

const TIMEOUT_MS = 15_000;

interface SendOptions {
  ca: string | null;
  allowPrivate?: boolean;
  timeoutMs?: number;
  lookup?: Lookup;
  stop?: AbortSignal;
}

/**
 * Sends frames to a syslog receiver over TLS (RFC 5425), on a connection of their own to exactly the address that was
 * checked. Syslog has no acknowledgment: the frames count as taken when the receiver has read all of them and ended the
 * connection in return. Whatever else happens is a failure, and they are sent again. @throws Error
 */
export async function sendSyslog(
  target: string,
  frames: readonly Buffer[],
  { ca, allowPrivate = false, timeoutMs = TIMEOUT_MS, lookup, stop }: SendOptions,
): Promise<void> {
  const to = parseHostPort(target);
  if (to === undefined) throw new Error("the target is no host:port");
  if (!allowPrivate) assertPublicHost(to.host);
  const options: ConnectionOptions = {
    ...to,
    ...(isIP(to.host) === 0 && { servername: to.host }),
    ...(ca !== null && { ca }),
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    lookup: publicLookup({ allowPrivate, ...(lookup && { lookup }) }),
  };
  await new Promise<void>((resolve, reject) => {
    const socket = connect(options);
    const timer = setTimeout(() => socket.destroy(new Error("not taken within 15 seconds")), timeoutMs);
    const stopped = () => socket.destroy(new Error("stopped"));
    stop?.addEventListener("abort", stopped, { once: true });
    let finished = false;
    let ended = false;
    socket.once("secureConnect", () => {
      for (const bytes of frames) socket.write(bytes);
      socket.end();
    });
    socket.once("finish", () => {
      finished = true;
    });
    socket.once("end", () => {
      ended = true;
    });
    // What a receiver says is not read, but has to be taken off the wire.
    socket.resume();
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", stopped);
      if (finished && ended) resolve();
      else reject(new Error("closed the connection"));
    });
  });
}
