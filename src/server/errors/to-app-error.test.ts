import { expect, it, vi } from "vitest";
import { toAppError } from "./to-app-error";

const withCode = (code: string) => Object.assign(new Error("of a connection"), { code });

it.each([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "EAI_AGAIN",
  "53100",
])("a database that is refused with %s is away for a while, and no defect of ours", (code) => {
  const { code: answer, retryAfterSeconds } = toAppError(withCode(code));
  expect({ answer, again: retryAfterSeconds !== undefined }).toEqual({
    answer: "service_unavailable",
    again: true,
  });
});

it("an error that the portal's copy of our code threw is answered as it says, and not as a defect", async () => {
  vi.resetModules();
  const { AppError } = await import("@agathaai/core/platform");
  const thrown = new AppError("service_unavailable", { public: "Try again in a moment." });
  expect(toAppError(thrown)).toBe(thrown);
});

it("what is not known is a defect", () => {
  expect(toAppError(withCode("42P01")).code).toBe("internal_error");
});

it("a statement that the second wall refused is a defect of ours, and its text is for the log alone", () => {
  const refused = Object.assign(new Error("a query failed"), {
    meta: {
      driverAdapterError: { cause: { originalCode: "42501", message: "permission denied for table x" } },
    },
  });
  const { code, public: told, internal } = toAppError(refused);
  expect(code).toBe("internal_error");
  expect(told).not.toMatch(/permission|table/);
  expect(internal).toContain("reached for another organization");
  expect(toAppError(withCode("42P01")).internal).toBeUndefined();
});
