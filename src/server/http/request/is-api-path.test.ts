import { describe, expect, it } from "vitest";
import { isApiPath } from "./is-api-path";

describe("which paths the API answers", () => {
  it.each([
    "/api/v1/inference",
    "/api/v1/inference?x=/api/trpc/",
    "/v1/models",
    "/v1",
    "/api",
    "/api/openapi.json",
    "/api/health",
    "/api/unheard-of",
    "/api/trpcx",
    "/api/webhooks/stripe",
    "/.well-known/jwks.json",
  ])("%s", (target) => expect(isApiPath(target)).toBe(true));

  it.each([
    "/",
    "/keys",
    "/docs/api",
    "/v1x",
    "/api/trpc/keys.list?batch=1",
    "/api/auth/session",
    "/.well-known/security.txt",
    "/x?next=/api/v1",
  ])("not %s", (target) => expect(isApiPath(target)).toBe(false));
});
