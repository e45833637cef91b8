import { AppError } from "@agathaai/core/platform";
import { expect, it } from "vitest";
import { keyPrincipal } from "../../../infra/testing/key-principal";
import { OpenCalls } from "./open-calls";

const callerWith = (requestsPerMinute: number) => keyPrincipal({ requestsPerMinute });

it("lets one key have as many calls open as its plan allows a minute, refuses the next, and takes one again when one has ended", () => {
  const open = new OpenCalls();
  const caller = callerWith(100);
  const leave = Array.from({ length: 100 }, () => open.enter(caller));
  const refused = () => open.enter(caller);
  expect(refused).toThrow(AppError);
  expect(refused).toThrow(expect.objectContaining({ code: "rate_limit_exceeded", retryAfterSeconds: 1 }));
  // Another key has places of its own.
  open.enter(callerWith(100));
  leave[0]?.();
  // Given back once, however often it is said.
  leave[0]?.();
  open.enter(caller);
  expect(refused).toThrow(AppError);
});

it("lets a process answer so many calls at once, whoever makes them, and refuses the next with a time to come back", () => {
  const open = new OpenCalls(3);
  const leave = [1, 2, 3].map((who) => open.enter(keyPrincipal({ apiKeyId: `key-${who}` })));
  const another = () => open.enter(keyPrincipal({ apiKeyId: "key-4" }));
  expect(another).toThrow(expect.objectContaining({ code: "service_unavailable", retryAfterSeconds: 1 }));
  leave[0]?.();
  leave[0]?.();
  another();
  expect(another).toThrow(AppError);
});

it("lets a key of a small plan have twenty calls open, side by side", () => {
  const open = new OpenCalls();
  const caller = callerWith(10);
  for (let count = 0; count < 20; count++) open.enter(caller);
  expect(() => open.enter(caller)).toThrow(AppError);
});
