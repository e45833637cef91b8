import { connect } from "node:net";
import { expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { fuzzEnvironment, runFuzz } from "../../fuzz/run-fuzz";
import { scimOperations } from "../../fuzz/scim-operations";

/** The same slice each time; `npm run test:fuzz` goes further, and elsewhere at each run. */
const SEED = 20_261_123;

const stack = await useTestStack(fuzzEnvironment);
const server = await startTestProcesses({ server: true, workers: 1 });

it("answers 1,500 generated requests without a 5xx, a hang or a bare error", {
  timeout: 180_000,
}, async () => {
  const report = await runFuzz(server, stack, { count: 1_500, seed: SEED });
  expect(report.findings.join("\n")).toBe("");
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as { paths: object };
  const documented = Object.values(document.paths).flatMap((item) => Object.keys(item)).length;
  expect(report.operations.size).toBe(documented + scimOperations.length);
  // Far enough in to find anything: a good share of calls succeeds.
  const good = Object.entries(report.statuses).filter(([status]) => status.startsWith("2"));
  expect(good.reduce((sum, [, times]) => sum + times, 0)).toBeGreaterThan(100);
});

it.each([
  ["no HTTP at all", "hello\r\n\r\n"],
  ["a header without a name", "GET /api/v1/models HTTP/1.1\r\nhost: x\r\n: y\r\n\r\n"],
  ["headers beyond 16 KB", `GET /api/v1/models HTTP/1.1\r\nhost: x\r\nx-long: ${"a".repeat(20_000)}\r\n\r\n`],
  [
    "two lengths",
    "POST /api/v1/inference HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
  ],
  [
    "a length and chunks",
    "POST /api/v1/inference HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["no host", "GET /api/v1/models HTTP/1.1\r\nconnection: close\r\n\r\n"],
  ["a path that is no path", "GET http://[::1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"],
  [
    "broken escapes in the path",
    "GET /api/v1/inference/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
  ],
])("gives the envelope and a request id to %s", async (_what, text) => {
  const answer = await raw(text);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const id = /^x-request-id: (req_[0-9a-f]{32})\r?$/im.exec(head)?.[1];
  expect(id, head).toBeDefined();
  expect(JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1))).toMatchObject({
    error: { request_id: id },
  });
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
  });
}
