import type { Outputs } from "../../../../_client/trpc";

/** An incident or maintenance, as the server lists it. */
export type StatusNotice = Outputs["operators"]["notices"]["data"][number];
