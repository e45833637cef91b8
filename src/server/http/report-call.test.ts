import { expect, test, vi } from "vitest";
import { reportCall } from "./report-call";

const said = vi.hoisted(() => ({ lines: [] as object[], counted: [] as object[] }));
vi.mock("@agathaai/core/platform/observability/log", () => ({
  logCall: (line: object) => void said.lines.push(JSON.parse(JSON.stringify(line))),
}));
vi.mock("./count-request", () => ({ countRequest: (call: object) => void said.counted.push(call) }));
vi.mock("./record-api-request", () => ({ recordApiRequest: () => {} }));

const call = {
  requestId: "req_1",
  startedAt: 0,
  ip: "192.0.2.1",
  route: "/api/v1/inference",
  orgId: undefined,
  actor: { type: "system", id: null },
  caller: undefined,
  errorCode: undefined,
} as const;
const outgoing = { statusCode: 200, headersSent: true, writableFinished: true };

test("a call whose time is a model's, or its caller's wish, says so in its line as in the metrics", () => {
  for (const waits of [true, false]) reportCall({ ...call, waits }, "POST", outgoing);
  const [waiting, own] = said.lines;
  expect(waiting).toMatchObject({ route: "/api/v1/inference", wait: true });
  expect(own).not.toHaveProperty("wait");
  expect(said.counted).toMatchObject([{ waits: true }, { waits: false }]);
});
