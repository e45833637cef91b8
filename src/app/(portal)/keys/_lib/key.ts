import type { Outputs } from "../../../_client/trpc";

export type Key = Outputs["keys"]["get"];

/** Whether requests with the key are accepted. */
export function isUsable(key: Key): boolean {
  return key.status === "active" || key.status === "rotating";
}

/** Whether revoking it changes anything: a suspended key could come back. */
export function isRevocable(key: Key): boolean {
  return isUsable(key) || key.status === "suspended";
}

export const pageOfKey = (id: string) => `/keys/${id}`;

/** The usage page, filtered to this key and month. */
export const usageOfKey = ({ id, environment }: Key) =>
  `/usage?range=month${environment === "test" ? "&environment=test" : ""}&key=${id}`;

/** For the code samples shown with a new key. */
export interface SampleCall {
  /** The API's public URL. */
  baseUrl: string;
  /** The model to call if the key allows any. */
  model: string;
  /** The models that answer no messages. */
  embeddingModels: readonly string[];
}
