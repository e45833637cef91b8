import { expect, test } from "vitest";
import { callText, prepareCall } from "./call-record";

const call = prepareCall({
  orgId: "0199f3a0-1111-7222-8333-444455556666",
  actor: { type: "key", id: "0199f3a0-1111-7222-8333-444455556667" },
  traceId: "req_0199f3a0111172228333444455556666",
  details: {
    method: "POST",
    route: "/v1/x",
    status: 200,
    ms: 1.5,
    code: undefined,
    note: 'odd "\\ \u0001 漢\ud800',
  },
});

test.each([
  ["as it was made", call],
  ["without an actor", { ...call, actorType: "anonymous" as const, actorId: null }],
  ["without a trace", { ...call, traceId: null }],
  ["with a trace that somebody changed", { ...call, traceId: 'x","y\u2028' }],
])("the text of a call %s is a JSON array of its columns", (_, one) => {
  const { orgId, id, createdAt, actorType, actorId, traceId, details } = one;
  const at = createdAt.toISOString();
  expect(callText(one)).toBe(
    JSON.stringify(["agathaai-audit-call-1", orgId, id, at, actorType, actorId, traceId, details]),
  );
});

test("details lose what PostgreSQL refuses and what is not there", () => {
  expect(JSON.parse(call.details)).toEqual({
    method: "POST",
    route: "/v1/x",
    status: 200,
    ms: 1.5,
    note: 'odd "\\ \u0001 漢\ufffd',
  });
});
