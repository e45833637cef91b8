import type { Cell, Placement } from "../../spec/cells";

/** How long resolvers remember an origin. An alias of a balancer would be remembered for 60 seconds. */
export const RECORD_SECONDS = 10;
/** How often Route 53 asks, and how many bad answers are enough. */
export const CHECK = { intervalSeconds: 10, failures: 1 } as const;
/** What the edge says, so that nobody goes around it. */
export const EDGE_HEADER = "x-agathaai-edge";
/** The one path that is answered without the edge: Route 53 cannot send a header. */
export const CHECK_PATH = "/api/ready";

/** `use1-home.origin.agathaai.com`: one balancer. */
export const originName = (domain: string, { cell, role }: Pick<Placement, "cell" | "role">) =>
  `${cell.code}-${role}.origin.${domain}`;

/** `use1.origin.agathaai.com`: the balancer of the cell that lives. Cloudflare sends here. */
export const cellOrigin = (domain: string, cell: Cell) => `${cell.code}.origin.${domain}`;

/** `use1.agathaai.com`: what customers of the cell call. */
export const cellHost = (domain: string, cell: Cell) => `${cell.code}.${domain}`;
