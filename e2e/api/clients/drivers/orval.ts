import {
  type ApiError,
  deleteHistory,
  getHistory,
  getModel,
  listHistory,
  submitInference,
  type Usage,
} from "./generated/orval";
import { report, target } from "./report";

const { key, since } = target();
const headers = { authorization: `Bearer ${key}` };

const submitted = await submitInference(
  { model: "gpt-4o", prompt: "Say hello.", max_tokens: 20, metadata: { job: "orval" } },
  { headers: { ...headers, Prefer: "wait=20", "Idempotency-Key": `orval-${since}` } },
);
if (submitted.status !== 200) throw new Error(`no result: ${submitted.status}`);
const result = submitted.data;
const usage: Usage | null = result.usage;

// Its fetch client writes no nested queries: `created` and `metadata` are for the others.
const list = await listHistory({ limit: 1, order: "desc" }, { headers });
const model = await getModel("gpt-4o", { headers });
const refused = await getHistory("inf_x", { headers });
const error: ApiError | undefined = refused.status === 400 ? refused.data.error : undefined;
const deleted = await deleteHistory(result.id, { headers });

report({
  status: result.status,
  tokens: usage?.total_tokens,
  metadata: result.metadata,
  listed: list.status === 200 ? list.data.data.map(({ id }) => id === result.id) : undefined,
  model: model.status === 200 ? model.data.id : undefined,
  refused: error?.code,
  deleted: deleted.status === 200 ? deleted.data : undefined,
  id: result.id,
});
