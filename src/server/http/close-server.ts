import { once } from "node:events";
import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

interface CloseOptions {
  /** How long new connections are still taken, for load balancers that have not yet noticed. */
  lameDuckMs: number;
  /** How long calls in flight may take to finish; what is left then is cut off. */
  graceMs: number;
}

/** Stops taking connections, lets what is in flight finish, and resolves when nothing is left. */
export async function closeServer(server: Server, { lameDuckMs, graceMs }: CloseOptions): Promise<void> {
  const deadline = Date.now() + graceMs;
  if (lameDuckMs > 0) await sleep(Math.min(lameDuckMs, graceMs / 2));
  const closed = once(server, "close");
  server.close();
  // A connection between two requests is idle only once its answer is out, so look again until all are gone.
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const cut = setTimeout(() => server.closeAllConnections(), Math.max(0, deadline - Date.now()));
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
