import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

interface Streams {
  port: number;
  /** Whole HTTP requests, asked in turn. */
  requests: string[];
  streams: number;
  /** Pieces of content that each has to bring. */
  chunks: number;
}

interface Outcome {
  /** With every chunk, in its order, and its end. */
  completed: number;
  broken: number;
  /** How often for which reason. */
  why: Map<string, number>;
  openAtOnce: number;
  longestGapMs: number;
}

/** Opened in so long, so that what is measured is holding streams and not opening them. */
const OPENED_WITHIN_MS = 60_000;
const LONGEST_MS = 240_000;

/** Opens streams, reads all of them to their end, and looks at every chunk. */
export async function openStreams({ port, requests, streams, chunks }: Streams): Promise<Outcome> {
  const outcome: Outcome = { completed: 0, broken: 0, why: new Map(), openAtOnce: 0, longestGapMs: 0 };
  let open = 0;
  const read = (request: string) =>
    new Promise<void>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true });
      let text = "";
      let next = 0;
      let last: number | undefined;
      let isOpen = false;
      const end = (reason?: string) => {
        if (isOpen) open -= 1;
        isOpen = false;
        socket.removeAllListeners();
        socket.on("error", () => {});
        socket.destroy();
        clearTimeout(late);
        outcome[reason === undefined ? "completed" : "broken"] += 1;
        if (reason !== undefined) outcome.why.set(reason, (outcome.why.get(reason) ?? 0) + 1);
        resolve();
      };
      const late = setTimeout(() => end("still open"), LONGEST_MS);
      socket.setEncoding("latin1");
      socket.write(request);
      socket.on("data", (piece: string) => {
        const now = performance.now();
        if (last === undefined && !piece.startsWith("HTTP/1.1 200")) return end(piece.slice(9, 12));
        if (!isOpen) {
          isOpen = true;
          open += 1;
          outcome.openAtOnce = Math.max(outcome.openAtOnce, open);
        }
        if (last !== undefined) outcome.longestGapMs = Math.max(outcome.longestGapMs, now - last);
        last = now;
        text += piece;
        // Chunks are counted by what they say: "word0", "word1", …, each once and in order.
        for (let at = text.indexOf(` word${next}"`); at >= 0; at = text.indexOf(` word${next}"`)) {
          text = text.slice(at + 6);
          next += 1;
        }
        if (text.includes("data: [DONE]")) end(next === chunks ? undefined : "chunks were missing");
        else text = text.slice(-2_000);
      });
      socket.on("error", ({ message }) => end(message));
      socket.on("close", () => end("closed"));
    });
  const all: Promise<void>[] = [];
  const began = performance.now();
  for (let index = 0; index < streams; index++) {
    const dueAt = began + (index / streams) * OPENED_WITHIN_MS;
    if (dueAt > performance.now() + 2) await sleep(dueAt - performance.now());
    all.push(read(requests[index % requests.length] ?? ""));
  }
  await Promise.all(all);
  return outcome;
}
