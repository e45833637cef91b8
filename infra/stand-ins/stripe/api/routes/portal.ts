import type { PortalConfiguration, PortalSession } from "../../objects/objects";
import { invalid } from "../failure";
import { type Fields, flag, group, metadata, needed, text, type Value } from "../form";
import { page, type Route } from "../route";

const configurations = "BillingPortal/Configurations.d.ts";

export const portalRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/billing_portal/configurations",
    parameters: [configurations, "BillingPortal.ConfigurationCreateParams"],
    acts: ["features", "business_profile", "default_return_url", "metadata"],
    serve: ({ world, input }) => {
      const now = world.now();
      const configuration: PortalConfiguration = {
        id: world.id("bpc"),
        object: "billing_portal.configuration",
        created: now,
        updated: now,
        active: true,
        is_default: Object.keys(world.state.configurations).length === 0,
        default_return_url: text(input, "default_return_url") ?? null,
        features: typed(group(input, "features")),
        business_profile: typed(group(input, "business_profile")),
        metadata: metadata(input),
        livemode: false,
      };
      world.state.configurations[configuration.id] = configuration;
      return configuration;
    },
  },
  {
    method: "GET",
    path: "/v1/billing_portal/configurations",
    parameters: [configurations, "BillingPortal.ConfigurationListParams"],
    acts: ["active"],
    serve: (call) => {
      const active = flag(call.input, "active");
      const found = Object.values(call.world.state.configurations).filter(
        (configuration) => active === undefined || configuration.active === active,
      );
      return page(call, found, "/v1/billing_portal/configurations");
    },
  },
  {
    method: "POST",
    path: "/v1/billing_portal/configurations/:id",
    parameters: [configurations, "BillingPortal.ConfigurationUpdateParams"],
    acts: ["features", "business_profile", "default_return_url", "metadata"],
    serve: ({ world, id, input }) => {
      const configuration = world.find(world.state.configurations, id, "configuration");
      configuration.default_return_url =
        text(input, "default_return_url") ?? configuration.default_return_url;
      // Replaces the features that are named and keeps the others.
      configuration.features = { ...configuration.features, ...typed(group(input, "features")) };
      configuration.business_profile = {
        ...configuration.business_profile,
        ...typed(group(input, "business_profile")),
      };
      configuration.metadata = metadata(input, configuration.metadata);
      configuration.updated = world.now();
      return configuration;
    },
  },
  {
    method: "POST",
    path: "/v1/billing_portal/sessions",
    parameters: ["BillingPortal/Sessions.d.ts", "BillingPortal.SessionCreateParams"],
    acts: ["customer", "configuration", "return_url"],
    serve: ({ world, input }) => {
      const asked = text(input, "configuration");
      const configuration =
        asked === undefined
          ? Object.values(world.state.configurations).find(({ is_default }) => is_default)
          : world.find(world.state.configurations, asked, "configuration");
      if (configuration === undefined) throw invalid("No configuration provided.", "configuration");
      const id = world.id("bps");
      const session: PortalSession = {
        id,
        object: "billing_portal.session",
        created: world.now(),
        customer: world.customer(needed(input, "customer")).id,
        configuration: configuration.id,
        return_url: text(input, "return_url") ?? configuration.default_return_url ?? world.url,
        url: `${world.url}/p/session/${id}`,
        livemode: false,
      };
      world.state.portal_sessions[id] = session;
      return session;
    },
  },
];

/** Form texts as the API's types. */
function typed(fields: Fields): Record<string, unknown> {
  const plain = (value: Value): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === "object") return typed(value);
    return value === "true" || value === "false" ? value === "true" : value;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
}
