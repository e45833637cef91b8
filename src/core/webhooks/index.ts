export { eventTypeIds } from "../../shared/webhooks/events";
export { type ClaimedDelivery, claimDeliveries } from "./deliveries/claim-deliveries";
export { expiredWebhookRows } from "./deliveries/expired-rows";
export { type Attempt, AttemptRecords, type AttemptResult } from "./deliveries/finish-attempt";
export { getDelivery, listDeliveries } from "./deliveries/list-deliveries";
export { oldestDueSeconds } from "./deliveries/oldest-due";
export { redeliver, sendTestEvent } from "./deliveries/send-again";
export { webhookGauges } from "./deliveries/webhook-gauges";
export * as webhookEmails from "./email/disabled-email";
export { notifyDisabledEndpoints } from "./email/notify-disabled";
export {
  deleteAllEndpoints,
  deleteEndpoint,
  rotateSecret,
  updateEndpoint,
} from "./endpoints/change-endpoint";
export { createEndpoint } from "./endpoints/create-endpoint";
export { endpointUrlSchema } from "./endpoints/endpoint-url";
export { getEndpoint, listEndpoints } from "./endpoints/list-endpoints";
export { newSecret } from "./endpoints/secret";
export { announceIn, recordAndAnnounce } from "./events/announce";
export { deliveriesOf, emitEvents, type WebhookEvent } from "./events/emit-events";
export * from "./schemas";
