import { randomBytes } from "node:crypto";
import type { WebhookEndpoint } from "../../objects/objects";
import { flag, metadata, needed, text, texts } from "../form";
import { page, type Route } from "../route";

const file = "WebhookEndpoints.d.ts";

export const webhookEndpointRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/webhook_endpoints",
    parameters: [file, "WebhookEndpointCreateParams"],
    acts: ["url", "enabled_events", "api_version", "metadata"],
    serve: ({ world, input }) => {
      const endpoint: WebhookEndpoint = {
        id: world.id("we"),
        object: "webhook_endpoint",
        created: world.now(),
        url: needed(input, "url"),
        enabled_events: texts(input, "enabled_events"),
        status: "enabled",
        api_version: text(input, "api_version") ?? null,
        metadata: metadata(input),
        livemode: false,
      };
      const secret = `whsec_${randomBytes(24).toString("hex")}`;
      world.state.endpoints[endpoint.id] = endpoint;
      world.state.endpoint_secrets[endpoint.id] = secret;
      // The only response with the secret.
      return { ...endpoint, secret };
    },
  },
  {
    method: "GET",
    path: "/v1/webhook_endpoints",
    parameters: [file, "WebhookEndpointListParams"],
    serve: (call) => page(call, Object.values(call.world.state.endpoints), "/v1/webhook_endpoints"),
  },
  {
    method: "POST",
    path: "/v1/webhook_endpoints/:id",
    parameters: [file, "WebhookEndpointUpdateParams"],
    acts: ["url", "enabled_events", "disabled", "metadata"],
    serve: ({ world, id, input }) => {
      const endpoint = world.find(world.state.endpoints, id, "webhook_endpoint");
      const events = texts(input, "enabled_events");
      const disabled = flag(input, "disabled");
      if (events.length > 0) endpoint.enabled_events = events;
      if (disabled !== undefined) endpoint.status = disabled ? "disabled" : "enabled";
      endpoint.url = text(input, "url") ?? endpoint.url;
      endpoint.metadata = metadata(input, endpoint.metadata);
      return endpoint;
    },
  },
  {
    method: "DELETE",
    path: "/v1/webhook_endpoints/:id",
    parameters: [file, "WebhookEndpointDeleteParams"],
    serve: ({ world, id }) => {
      world.find(world.state.endpoints, id, "webhook_endpoint");
      delete world.state.endpoints[id];
      delete world.state.endpoint_secrets[id];
      return { id, object: "webhook_endpoint", deleted: true };
    },
  },
];
