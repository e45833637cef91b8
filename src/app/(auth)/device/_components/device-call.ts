import type { DeviceRequest } from "@agathaai/core/oauth";
import { failedResponse } from "../../../_client/failed-response";
import type { Decision } from "../../_components/consent-form";

async function post(path: string, body: object): Promise<Response> {
  const response = await fetch(`/oauth/device/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await failedResponse(response);
  return response;
}

/** In the body, so that no log keeps the code. Throws what `readFailure` reads. */
export async function loadDevice(userCode: string): Promise<DeviceRequest> {
  return await (await post("request", { user_code: userCode })).json();
}

export async function sendDeviceDecision(userCode: string, decision: Decision): Promise<void> {
  await post("decision", { user_code: userCode, ...decision });
}
