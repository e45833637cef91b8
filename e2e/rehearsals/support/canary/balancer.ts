import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The header of an answer that says which version gave it. */
const SERVED_BY = "x-served-by";

export interface Balancer {
  url: string;
  /** Percent of each version, by its name; a version with none of it gets no new request. */
  weights: Map<string, number>;
  /** Makes a version known: its name, and where it listens. Without weight at first. */
  add(name: string, url: string): void;
  /** A version that is gone. */
  remove(name: string): void;
  stop(): Promise<void>;
}

const IDLE_MS = 60_000;

/**
 * A load balancer with weights, as the production rule of ours has them: each request goes to the version whose share is
 * furthest behind. A version that refuses the connection is answered for with 502, as AWS's does.
 */
export async function startBalancer(): Promise<Balancer> {
  const targets = new Map<string, URL>();
  const weights = new Map<string, number>();
  const behind = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });

  /** Smooth weighted round robin: shares hold over any few requests, not on average alone. */
  const next = (): [string, URL] | undefined => {
    let chosen: [string, URL] | undefined;
    for (const [name, url] of targets) {
      const credit = (behind.get(name) ?? 0) + (weights.get(name) ?? 0);
      behind.set(name, credit);
      if ((weights.get(name) ?? 0) === 0) continue;
      if (chosen === undefined || credit > (behind.get(chosen[0]) ?? 0)) chosen = [name, url];
    }
    if (chosen !== undefined) behind.set(chosen[0], (behind.get(chosen[0]) ?? 0) - 100);
    return chosen;
  };
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const [name, target] = next() ?? ["none", undefined];
    const refuse = () => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(target === undefined ? 503 : 502, { [SERVED_BY]: name }).end("{}");
    };
    if (target === undefined) return refuse();
    const { method, url: path, headers } = incoming;
    const forwarded = request(
      { agent, hostname: target.hostname, port: target.port, method, path, headers },
      (answer) => {
        // Of one connection only, and this is another.
        const { connection: _, "keep-alive": __, ...headers } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, { ...headers, [SERVED_BY]: name });
        answer.pipe(outgoing);
        answer.on("error", () => outgoing.destroy());
      },
    );
    forwarded.on("error", refuse);
    incoming.pipe(forwarded);
    outgoing.on("close", () => {
      if (!outgoing.writableFinished) forwarded.destroy();
    });
  };

  const server = createServer(forward);
  server.keepAliveTimeout = IDLE_MS;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    weights,
    add: (name, url) => {
      targets.set(name, new URL(url));
      weights.set(name, 0);
      behind.set(name, 0);
    },
    remove: (name) => {
      for (const known of [targets, weights, behind]) known.delete(name);
    },
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
