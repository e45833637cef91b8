import type { Mutation } from "../mutation";

const send = "src/worker/webhooks/send-webhook.ts";
const sendTest = "src/worker/webhooks/send-webhook.test.ts";
const connections = "src/core/platform/network/public-connections.ts";
const noneLost = {
  file: "src/worker/webhooks/none-lost.integration.test.ts",
  title:
    "of 500 deliveries none is lost, forged or told twice as delivered, though the receiver fails, hangs and dies, and the worker dies",
};

export const ofWebhooks: readonly Mutation[] = [
  {
    statement: 37,
    protection: "both secrets of a rotation sign",
    file: send,
    find: "secrets.map((secret) => new Webhook",
    replace: "secrets.slice(0, 1).map((secret) => new Webhook",
    test: {
      file: sendTest,
      title:
        "is signed so that the reference library of Standard Webhooks verifies it, by each secret in rotation",
    },
  },
  {
    statement: 37,
    protection: "a redirect is a failure",
    file: send,
    find: "status >= 200 && status < 300 ? null",
    replace: "status >= 200 && status < 400 ? null",
    test: { file: sendTest, title: "does not follow a redirect: %s is a failure", row: "307" },
  },
  {
    statement: 37,
    protection: "410 disables the endpoint",
    file: "src/core/webhooks/deliveries/finish-attempt.ts",
    find: "const pause = status === 410 ? undefined : pauseAfter(retries);",
    replace: "const pause = pauseAfter(retries);",
    test: {
      file: "src/core/webhooks/deliveries.integration.test.ts",
      title:
        "to an endpoint that responds 410 ends it at once: all that is pending fails, and the owners are emailed once",
    },
  },
  {
    statement: 37,
    protection: "an attempt ends after fifteen seconds",
    file: send,
    find: "const TIMEOUT_MS = 15_000;",
    replace: "const TIMEOUT_MS = 150_000;",
    test: { file: sendTest, title: "has fifteen seconds, from connecting to the end of the response" },
  },
  {
    statement: 37,
    protection: "64 kB of an answer are read",
    file: send,
    find: "    if (size >= MOST_BYTES) break;\n",
    replace: "    if (size >= 100 * MOST_BYTES) break;\n",
    test: {
      file: sendTest,
      title: "ends the connection once it has read them, however much is still to come",
    },
  },
  {
    statement: 37,
    protection: "what a receiver did not take is sent again",
    file: send,
    find: "status >= 200 && status < 300 ? null",
    replace: "status >= 200 && status < 600 ? null",
    test: noneLost,
  },
  {
    statement: 37,
    protection: "and what a dead worker had under way is, too",
    file: "src/core/webhooks/deliveries/claim-deliveries.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    find: "status = 'pending' AND next_attempt_at <= ${at}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    replace: "status = 'pending' AND next_attempt_at <= ${at} AND attempts = retries",
    test: noneLost,
  },
  {
    statement: 38,
    protection: "each address of a name is public",
    file: connections,
    find: "all.every(({ address })",
    replace: "all.some(({ address })",
    test: {
      file: sendTest,
      title: "is not called by a name that resolves to %s",
      row: "a public and a private one",
    },
  },
  {
    statement: 38,
    protection: "the connection uses the checked lookup",
    file: connections,
    find: "connect: { lookup: publicLookup({ lookup, allowPrivate }), timeout: CONNECT_MS },",
    replace: "connect: { lookup: callableBoth(lookup), timeout: CONNECT_MS },",
    test: { file: sendTest, title: "is not called by a name that resolves differently at every look" },
  },
  {
    statement: 38,
    protection: "an address in the URL is checked",
    file: send,
    find: "    if (!allowPrivate) assertPublicTarget(url);\n",
    replace: "",
    test: { file: sendTest, title: "is not called by address: %s", row: "http://169.254.169.254" },
  },
];
