import type { ConsentRequest } from "@agathaai/core/oauth";
import { failedResponse } from "../../../../../_client/failed-response";
import type { Decision } from "../../../../_components/consent-form";

export type ConsentView = ConsentRequest & { reauthenticate: boolean };

/** Not procedures: the browser's cookie for this one request is sent below this path alone. Throws what `readFailure` reads. */
export async function loadConsent(path: string): Promise<ConsentView> {
  const response = await fetch(`${path}/request`);
  if (!response.ok) throw await failedResponse(response);
  return await response.json();
}

/** @returns where to go with the decision. */
export async function sendDecision(path: string, decision: Decision): Promise<string> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(decision),
  });
  if (!response.ok) throw await failedResponse(response);
  const { redirect_to: target }: { redirect_to: string } = await response.json();
  return target;
}
