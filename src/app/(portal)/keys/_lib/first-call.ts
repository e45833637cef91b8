import { chatSnippets } from "@/components/snippets/chat-snippets";
import { shellQuote } from "@/components/snippets/inference-snippets";
import type { CodeSample } from "@/components/ui/code/code-tabs";
import type { Key, SampleCall } from "./key";

/** What the code depends on: the secret, and what the key may do with it. */
export interface NewKey {
  secret: string;
  scopes: Key["scopes"];
  /** Empty is all. */
  models: readonly string[];
}

interface FirstCall {
  title: string;
  samples: CodeSample[];
}

/** A call that works as pasted, with the secret in it: what a new key cannot do is not suggested. */
export function firstCall({ secret, scopes, models }: NewKey, sample: SampleCall): FirstCall {
  const { baseUrl, embeddingModels } = sample;
  if (!scopes.includes("inference:write")) {
    return { title: "Try this key", samples: [{ language: "curl", code: get(`${baseUrl}/v1/key`, secret) }] };
  }
  const title = "Your first request with this key";
  const model = models.length === 0 ? sample.model : models.find((id) => !embeddingModels.includes(id));
  if (model === undefined) {
    const body = { model: models[0], input: "Why does an agate have bands?" };
    const code = post(`${baseUrl}/v1/embeddings`, secret, body);
    return { title, samples: [{ language: "curl", code }] };
  }
  const body = { model, messages: [{ role: "user", content: "Why does an agate have bands?" }] };
  return { title, samples: chatSnippets({ baseUrl, secret, body }) };
}

const get = (url: string, secret: string) => `curl ${url} \\\n  -H "Authorization: Bearer ${secret}"`;

const post = (url: string, secret: string, body: object) =>
  [
    `${get(url, secret)} \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d ${shellQuote(JSON.stringify(body, null, 2))}`,
  ].join("\n");
