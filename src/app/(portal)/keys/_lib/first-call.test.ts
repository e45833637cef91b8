import { describe, expect, it } from "vitest";
import { firstCall } from "./first-call";

const sample = {
  baseUrl: "https://api.example.com",
  model: "gpt-4o",
  embeddingModels: ["text-embedding-3-small"],
};
const secret = "agt_test_x";
const codeOf = (...args: Parameters<typeof firstCall>) => firstCall(...args).samples.map(({ code }) => code);

describe("the code shown with a new key works as pasted", () => {
  it("a key that sends requests: a chat with a model that it may call, in three languages", () => {
    const all = codeOf({ secret, scopes: ["inference:write"], models: [] }, sample);
    expect(all).toHaveLength(3);
    for (const code of all) expect(code).toContain("gpt-4o");
    const some = codeOf(
      { secret, scopes: ["inference:write"], models: ["text-embedding-3-small", "gemini-pro"] },
      sample,
    );
    for (const code of some) expect(code).toContain("gemini-pro");
  });

  it("a key for embedding models alone: an embedding, since a chat would be refused", () => {
    const [code, ...more] = codeOf(
      { secret, scopes: ["inference:write"], models: ["text-embedding-3-small"] },
      sample,
    );
    expect(more).toEqual([]);
    expect(code).toContain("https://api.example.com/v1/embeddings");
    expect(code).toContain(`"model": "text-embedding-3-small"`);
  });

  it("a key that only reads: the call that every key can make, since a request would be refused", () => {
    const [code, ...more] = codeOf({ secret, scopes: ["usage:read"], models: [] }, sample);
    expect(more).toEqual([]);
    expect(code).toBe(`curl https://api.example.com/v1/key \\\n  -H "Authorization: Bearer ${secret}"`);
  });
});
