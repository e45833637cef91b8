import { describe, expect, it } from "vitest";
import { newId } from "../ids/ids";
import { formatInferenceMessage, parseInferenceMessage } from "./inference-message";

describe("inference messages", () => {
  it("carry a request's id and nothing else", () => {
    const requestId = newId();
    expect(formatInferenceMessage(requestId)).toBe(`{"request_id":"${requestId}"}`);
    expect(parseInferenceMessage(formatInferenceMessage(requestId))).toEqual({ requestId });
  });

  it.each([
    "",
    "not json",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"request_id":null}',
    '{"request_id":"1"}',
    '{"request_id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}',
  ])("reject a malformed message: %s", (body) => {
    expect(parseInferenceMessage(body)).toBeUndefined();
  });

  it("take fields of a later release without complaint", () => {
    const requestId = newId();
    expect(parseInferenceMessage(JSON.stringify({ request_id: requestId, later: 1 }))).toEqual({ requestId });
  });
});
