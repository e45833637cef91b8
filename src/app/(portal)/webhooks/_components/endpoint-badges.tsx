import { Badge } from "@/components/ui/badge";
import type { Endpoint } from "../_lib/types";

/** Its environment where it is not the usual one, and its state where something is to be done. */
export function EndpointBadges({ endpoint: { environment, status } }: { endpoint: Endpoint }) {
  return (
    <>
      {environment === "test" && <Badge tone="outline">Test</Badge>}
      {status === "failing" && <Badge tone="attention">Failing</Badge>}
      {status === "disabled" && <Badge tone="neutral">Disabled</Badge>}
    </>
  );
}
