import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { closeServer, listenOnLoopback } from "./loopback-server";

/** How it answers: as Have I Been Pwned does, not at all, with an error, or with something else. */
export type RangeBehavior = "answers" | "hangs" | "fails" | "garbage" | "redirects" | "endless";

export interface RangeRequest {
  url: string;
  padding: string | undefined;
}

export interface BreachedPasswords {
  url: string;
  /** What it was asked since it started. */
  requests: readonly RangeRequest[];
  behave(behavior: RangeBehavior): void;
  stop(): Promise<void>;
}

const PADDING_LINES = 900;

/** Speaks the range protocol of Have I Been Pwned: `GET /range/{five digits}`, suffixes with counts, padding on request. */
export async function startBreachedPasswords(known: readonly string[]): Promise<BreachedPasswords> {
  const requests: RangeRequest[] = [];
  let behavior: RangeBehavior = "answers";
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    requests.push({ url, padding: paddingOf(request) });
    const prefix = /^\/range\/([0-9A-F]{5})$/.exec(url)?.[1];
    if (behavior === "hangs") return;
    if (behavior === "endless") {
      response.writeHead(200, { "content-type": "text/plain" });
      const write = () => {
        while (!response.destroyed && response.write(`${"0".repeat(35)}:0\r\n`.repeat(500)));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
      return;
    }
    if (behavior === "redirects") response.writeHead(302, { location: "/range/00000" }).end();
    else if (behavior === "fails") response.writeHead(503).end();
    else if (behavior === "garbage") response.writeHead(200).end("<html>Sign in to the network</html>");
    else if (prefix === undefined) response.writeHead(400).end("The hash prefix was not in a valid format");
    else response.writeHead(200, { "content-type": "text/plain" }).end(rangeOf(known, prefix, request));
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    behave: (next) => {
      behavior = next;
    },
    stop: () => closeServer(server),
  };
}

function rangeOf(known: readonly string[], prefix: string, request: IncomingMessage): string {
  const found = known
    .map((password) => createHash("sha1").update(password).digest("hex").toUpperCase())
    .filter((digest) => digest.startsWith(prefix))
    .map((digest) => `${digest.slice(5)}:42`);
  const padding = paddingOf(request) === "true" ? Array.from({ length: PADDING_LINES }, paddingLine) : [];
  return [...found, ...padding].sort().join("\r\n");
}

function paddingLine(_: unknown, index: number): string {
  return `${createHash("sha1").update(`padding ${index}`).digest("hex").toUpperCase().slice(5)}:0`;
}

function paddingOf(request: IncomingMessage): string | undefined {
  const header = request.headers["add-padding"];
  return Array.isArray(header) ? header.join() : header;
}
