import {
  type ApiError,
  deleteHistory,
  getHistory,
  getModel,
  listHistory,
  submitInference,
  type Usage,
} from "./generated/hey-api";
import { createClient } from "./generated/hey-api/client";
import { report, target } from "./report";

const { url, key, since } = target();
const client = createClient({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });

const submitted = await submitInference({
  client,
  body: { model: "gpt-4o", prompt: "Say hello.", max_tokens: 20, metadata: { job: "hey" } },
  headers: { Prefer: "wait=20", "Idempotency-Key": `hey-${since}` },
});
const result = submitted.data;
if (result === undefined || !("output" in result))
  throw new Error(`no result: ${submitted.response?.status}`);
const usage: Usage | null = result.usage;

const list = await listHistory({
  client,
  query: { limit: 1, order: "desc", created: { gte: since }, metadata: { job: "hey" } },
});
const model = await getModel({ client, path: { id: "gpt-4o" } });
const refused = await getHistory({ client, path: { id: "inf_x" } });
const error: ApiError | undefined = refused.error?.error;
const deleted = await deleteHistory({ client, path: { id: result.id } });

report({
  status: result.status,
  tokens: usage?.total_tokens,
  metadata: result.metadata,
  listed: list.data?.data.map(({ id }) => id === result.id),
  model: model.data?.id,
  refused: error?.code,
  deleted: deleted.data,
  id: result.id,
});
