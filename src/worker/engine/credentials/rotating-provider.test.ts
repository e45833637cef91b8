import type { Completion } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { type FailureKind, ProviderFailure } from "../failures/errors";
import type { Provider } from "../providers/provider";
import { createProviders } from "../providers/registry";
import { createCredentialRings } from "./credential-rings";
import { Credentials } from "./credentials";
import { rotatingProvider } from "./rotating-provider";

const request = {
  upstreamModel: "gpt-4o",
  input: { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hi" }] },
  maxOutputTokens: 100,
};
const options = { signal: new AbortController().signal, timeoutMs: 1_000 };

/** A provider that fails for some keys, and says with which it was called. */
function rotating(keys: readonly string[], failing: Record<string, FailureKind> = {}, tookMs = 0) {
  const calls: string[] = [];
  const ring = new Credentials(keys, () => 0);
  const connect = ({ apiKey }: { apiKey: string | undefined }): Provider => ({
    name: "openai",
    async complete() {
      calls.push(apiKey ?? "none");
      if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
      const kind = failing[apiKey ?? "none"];
      if (kind !== undefined) throw new ProviderFailure(kind, { provider: "openai", detail: apiKey });
      return { content: apiKey ?? null } as Completion;
    },
  });
  const provider = rotatingProvider(connect, { baseUrl: "http://unused.test", ring });
  return { calls, ring, complete: () => provider.complete(request, options) };
}

describe("a job, over several keys", () => {
  it.each(["auth", "rate_limited"] as const)(
    "goes on with the next where one is %s, and leaves that one out",
    async (kind) => {
      const { calls, complete } = rotating(["a", "b"], { a: kind });
      expect((await complete()).content).toBe("b");
      expect(calls).toEqual(["a", "b"]);
      await complete();
      await complete();
      expect(calls.slice(2)).toEqual(["b", "b"]);
    },
  );

  it("takes turns over those that work", async () => {
    const { calls, complete } = rotating(["a", "b", "c"]);
    for (let count = 0; count < 6; count++) await complete();
    expect(calls).toEqual(["a", "b", "c", "a", "b", "c"]);
  });

  it("tries each of them once, and fails by what may pass: the queue then tries again later", async () => {
    for (const failing of [
      { a: "rate_limited", b: "auth" },
      { a: "auth", b: "rate_limited" },
    ] as const) {
      const { calls, complete } = rotating(["a", "b"], failing);
      await expect(complete()).rejects.toMatchObject({ kind: "rate_limited", retryable: true });
      expect(calls).toEqual(["a", "b"]);
    }
    const { complete } = rotating(["a", "b"], { a: "auth", b: "auth" });
    await expect(complete()).rejects.toMatchObject({ kind: "auth", retryable: false });
  });

  it.each([
    "server",
    "overloaded",
    "timeout",
    "rejected",
    "content_filtered",
    "invalid_response",
    "aborted",
  ] as const)("is not sent twice for what no key can help: %s", async (kind) => {
    const { calls, complete } = rotating(["a", "b"], { a: kind });
    await expect(complete()).rejects.toMatchObject({ kind });
    expect(calls).toEqual(["a"]);
  });

  it("has one attempt's time for all of them together", async () => {
    const { calls, complete } = rotating(
      ["a", "b", "c"],
      { a: "rate_limited", b: "rate_limited", c: "rate_limited" },
      600,
    );
    await expect(complete()).rejects.toMatchObject({ kind: "rate_limited" });
    expect(calls).toEqual(["a", "b"]);
  });

  it("without any says so, and nothing is sent", async () => {
    const env = {
      OPENAI_API_KEY: " , ",
      OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
      GEMINI_API_KEY: undefined,
      GEMINI_BASE_URL: "http://127.0.0.1:1",
      DEEPSEEK_API_KEY: undefined,
      DEEPSEEK_BASE_URL: "http://127.0.0.1:1",
    };
    const { openai } = createProviders(env, createCredentialRings(env));
    await expect(openai.complete(request, options)).rejects.toMatchObject({
      kind: "auth",
      message: expect.stringContaining("no API key is set"),
    });
  });
});
