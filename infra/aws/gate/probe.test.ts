import { expect, it } from "vitest";
import { probeOf } from "./probe";

const bytes = (body: unknown) => new TextEncoder().encode(JSON.stringify(body));

it("a batch of nothing that nothing failed of is an answer", async () => {
  expect(await probeOf(async () => ({ Payload: bytes({ batchItemFailures: [] }) }))).toBe("answered");
});

it("what Lambda calls a function's error is the version's failure, with its words", async () => {
  const thrown = { errorType: "Runtime.ImportModuleError", errorMessage: "Cannot find module 'lambda'" };
  expect(await probeOf(async () => ({ FunctionError: "Unhandled", Payload: bytes(thrown) }))).toEqual({
    failed: "Runtime.ImportModuleError Cannot find module 'lambda'",
  });
  expect(await probeOf(async () => ({ FunctionError: "Unhandled" }))).toEqual({ failed: "Error" });
});

it("an answer that is none to a batch is a failure, and a call that Lambda did not take is silence", async () => {
  for (const Payload of [
    undefined,
    bytes(null),
    bytes({}),
    bytes({ batchItemFailures: [{ itemIdentifier: "1" }] }),
  ])
    expect(await probeOf(async () => ({ Payload }))).toMatchObject({
      failed: expect.stringContaining("batch"),
    });
  expect(
    await probeOf(async () => {
      throw new Error("TooManyRequestsException");
    }),
  ).toBe("silent");
});
