export const endpointExample = {
  id: "whe_01m844dwt2e7xshsqpzrgk79p6",
  url: "https://example.com/webhooks/agathaai",
  description: "Orders service",
  environment: "live",
  events: ["inference.completed", "inference.failed"],
  status: "enabled",
  disabled_because: null,
  failing_since: null,
  previous_secret_until: null,
  created_at: "2026-11-23T11:58:00.000Z",
  updated_at: "2026-11-23T11:58:00.000Z",
} as const;
export const secretExample = "whsec_C2FVsBQIhrscChlQIMV2b3Vyc2VjcmV0aXNub3RoZXJl";

export const deliveryExample = {
  id: "whd_01m844e8h4e3q8x0n8w8s2m4vd",
  endpoint_id: endpointExample.id,
  event_id: "evt_01m844e8h3e3p9m7v0c8m4c3mz",
  event: "inference.completed",
  status: "delivered",
  attempts: 1,
  last_status: 200,
  last_error: null,
  next_attempt_at: null,
  created_at: "2026-11-23T12:00:00.000Z",
  delivered_at: "2026-11-23T12:00:00.412Z",
} as const;

/** Sent again, not yet attempted. */
export const pendingDeliveryExample = {
  ...deliveryExample,
  status: "pending",
  delivered_at: null,
  next_attempt_at: deliveryExample.created_at,
} as const;

export const deliveryDetailExample = {
  ...deliveryExample,
  payload: {
    type: "inference.completed",
    timestamp: "2026-11-23T12:00:00.000Z",
    organization_id: "org_01m844dwt2e7xshsqpzrgk79p5",
    environment: "live",
    data: {
      id: "inf_01m844e8h3e3p9m7v0c8m4c3mz",
      status: "completed",
      model: "gpt-4o",
      usage: { input_tokens: 12, output_tokens: 48 },
      cost_micros: 510,
      error_code: null,
      created_at: "2026-11-23T11:59:58.100Z",
      completed_at: "2026-11-23T12:00:00.000Z",
    },
  },
  tries: [
    {
      number: 1,
      at: "2026-11-23T12:00:00.300Z",
      duration_ms: 112,
      status: 200,
      error: null,
      response: "ok",
    },
  ],
};
