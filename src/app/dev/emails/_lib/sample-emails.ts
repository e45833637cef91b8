import { accountSamples } from "./samples/account-samples";
import { billingSamples } from "./samples/billing-samples";
import { operatorSamples } from "./samples/operator-samples";
import { organizationSamples } from "./samples/organization-samples";
import type { Sample } from "./samples/sample";

/** Every email with sample data, once or more: for the preview, and for the test that renders them all. */
export const sampleEmails: readonly Sample[] = [
  ...accountSamples,
  ...organizationSamples,
  ...billingSamples,
  ...operatorSamples,
];
