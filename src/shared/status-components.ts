import { isProvider, providerIds, providers } from "./providers";

/** What the status page shows, in its order. The name is stored with every sample and never changes its meaning. */
export const componentIds = ["api", "portal", "queue", ...providerIds, "webhooks", "email"] as const;
export type ComponentId = (typeof componentIds)[number];

const names: Record<Exclude<ComponentId, (typeof providerIds)[number]>, string> = {
  api: "API",
  portal: "Portal",
  queue: "Queue and workers",
  webhooks: "Webhooks",
  email: "Email",
};

export function componentName(id: ComponentId): string {
  return isProvider(id) ? providers[id].displayName : names[id];
}

export function isComponent(text: string): text is ComponentId {
  return (componentIds as readonly string[]).includes(text);
}

/**
 * Components whose minutes without a measurement count as down: the measurements are made by a worker and stored in the
 * database, and these components do not work without the two either.
 */
const neededToMeasure: ReadonlySet<ComponentId> = new Set(["api", "queue"]);

export const countsUnmeasured = (id: ComponentId): boolean => neededToMeasure.has(id);
