import type { Outputs } from "../../../_client/trpc";

export type Key = Outputs["keys"]["get"];

/** Whether calls with the key are still answered. */
export function isUsable(key: Key): boolean {
  return key.status === "active" || key.status === "rotating";
}

export const pageOfKey = (id: string) => `/keys/${id}`;

/** The key's own usage since the month began, as the usage page shows it. */
export const usageOfKey = ({ id, environment }: Key) =>
  `/usage?range=month${environment === "test" ? "&environment=test" : ""}&key=${id}`;

/** What the code samples beside a new key need to know. */
export interface SampleCall {
  /** The public address of the API. */
  baseUrl: string;
  /** The model to call where the key does not say which it may. */
  model: string;
}
