import type { Outputs } from "../../../../_client/trpc";

/** The expected volume, as the Enterprise form names it. */
export const volumeLabels: Record<Outputs["operators"]["inquiry"]["expected_volume"], string> = {
  under_10m: "Under 10 million tokens per month",
  "10m_100m": "10 to 100 million tokens per month",
  "100m_1b": "100 million to 1 billion tokens per month",
  over_1b: "Over 1 billion tokens per month",
  unknown: "Not known yet",
};
