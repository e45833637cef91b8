import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi-typescript";
import { report, target } from "./report";

const { url, key, since } = target();
const api = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });

const schema: components["schemas"]["JsonValue"] = { any: [1, null, { nested: true }] };
const message: components["schemas"]["Message"] = { role: "user", content: "Say hello." };
const submitted = await api.POST("/api/v1/inference", {
  body: { model: "gpt-4o", messages: [message], max_tokens: 20, metadata: { job: "ot" } },
  params: { header: { Prefer: "wait=20", "Idempotency-Key": `ot-${since}` } },
});
const result = submitted.data;
if (result === undefined || !("output" in result)) throw new Error(`no result: ${submitted.response.status}`);
const usage: components["schemas"]["Usage"] | null = result.usage;

const list = await api.GET("/api/v1/history", {
  params: { query: { limit: 1, order: "desc", created: { gte: since }, metadata: { job: "ot" } } },
});
const model = await api.GET("/api/v1/models/{id}", { params: { path: { id: "gpt-4o" } } });
const refused = await api.GET("/api/v1/history/{id}", { params: { path: { id: "inf_x" } } });
const error: components["schemas"]["ApiError"] | undefined = refused.error?.error;
const deleted = await api.DELETE("/api/v1/history/{id}", { params: { path: { id: result.id } } });

report({
  status: result.status,
  tokens: usage?.total_tokens,
  metadata: result.metadata,
  listed: list.data?.data.map(({ id }) => id === result.id),
  model: model.data?.id,
  refused: error?.code,
  deleted: deleted.data,
  id: result.id,
  schema,
});
