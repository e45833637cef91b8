import type { IncomingMessage } from "node:http";
import { newId, toPublicId } from "@agathaai/core/platform";
import { expect, test } from "vitest";
import { directRoutes } from "./direct";

const find = directRoutes();
const id = toPublicId("inf", newId());
const operationOf = (method: string, url: string) =>
  find({ method, url } as IncomingMessage)?.rest.operation.operationId;

test("submitting and asking for a status go the direct way, by the declarations of their procedures", () => {
  expect(operationOf("POST", "/api/v1/inference")).toBe("submitInference");
  expect(operationOf("GET", `/api/v1/inference/${id}`)).toBe("getInference");
});

test.each([
  ["another method", "GET", "/api/v1/inference"],
  ["HEAD", "HEAD", `/api/v1/inference/${id}`],
  ["a query", "POST", "/api/v1/inference?environment=test"],
  ["a query of a status", "GET", `/api/v1/inference/${id}?wait=1`],
  ["a trailing slash", "POST", "/api/v1/inference/"],
  ["a result", "GET", `/api/v1/inference/${id}/result`],
  ["an ID in capitals", "GET", `/api/v1/inference/${id.toUpperCase()}`],
  ["an ID of another kind", "GET", `/api/v1/inference/${toPublicId("key", newId())}`],
  ["an encoded path", "GET", `/api/v1/inference/%69nf_${id.slice(4)}`],
])("other requests are left to the dispatcher: %s", (_what, method, url) => {
  expect(operationOf(method, url)).toBeUndefined();
});
