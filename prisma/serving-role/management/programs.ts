import * as keys from "../../../src/core/keys";
import * as oauth from "../../../src/core/oauth";
import { db } from "../../../src/core/platform/db/client";
import * as providerKeys from "../../../src/core/provider-keys";
import * as accounts from "../../../src/core/service-accounts";
import * as webhooks from "../../../src/core/webhooks";
import { idOf, keep, type Stage, type Write } from "./stage";

const device = { ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0" };
const works: providerKeys.TestProviderKey = async () => ({ verdict: "works" });

/** Keys, service accounts, webhooks and keys at providers. */
export const writesOfPrograms = (stage: Stage): Write[] => [
  [
    "createKey",
    () =>
      keys
        .createKey(db(), {
          principal: stage.owner,
          input: { name: "K", environment: "live" },
          caller: device,
        })
        .then(keep(stage, "key", "key")),
  ],
  [
    "updateKey",
    () =>
      keys.updateKey(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "key"), name: "L", rpm_limit: 5 },
      }),
  ],
  [
    "rotateKey",
    () =>
      keys
        .rotateKey(db(), {
          principal: stage.owner,
          input: { id: idOf(stage, "key"), grace: "1h" },
          caller: { ...device, ip: "198.51.100.4" },
        })
        .then(keep(stage, "key", "key")),
  ],
  ["revokeKey", () => keys.revokeKey(db(), { principal: stage.owner, input: { id: idOf(stage, "key") } })],
  [
    "createServiceAccount",
    () =>
      accounts
        .createServiceAccount(db(), {
          principal: stage.owner,
          input: accounts.createServiceAccountInputSchema.parse({ name: "S", environment: "live" }),
          caller: { ...device, ip: "192.0.2.4" },
        })
        .then(keep(stage, "account", "sva")),
  ],
  [
    "updateServiceAccount",
    () =>
      accounts.updateServiceAccount(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "account"), name: "T", disabled: true },
      }),
  ],
  [
    "rotateServiceAccountSecret",
    () =>
      accounts.rotateServiceAccountSecret(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "account"), grace: "24h" },
      }),
  ],
  [
    "deleteServiceAccount",
    () => accounts.deleteServiceAccount(db(), { principal: stage.owner, id: idOf(stage, "account") }),
  ],
  [
    "createEndpoint",
    () =>
      webhooks
        .createEndpoint(db(), {
          principal: stage.owner,
          input: webhooks.createEndpointInputSchema.parse({
            url: "https://example.org/hooks",
            events: ["key.created", "member.removed"],
          }),
        })
        .then(keep(stage, "endpoint", "whe")),
  ],
  [
    "updateEndpoint",
    () =>
      webhooks.updateEndpoint(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "endpoint"), description: "D" },
      }),
  ],
  [
    "rotateSecret",
    () => webhooks.rotateSecret(db(), { principal: stage.owner, id: idOf(stage, "endpoint") }),
  ],
  [
    "sendTestEvent",
    () =>
      webhooks
        .sendTestEvent(db(), { principal: stage.owner, id: idOf(stage, "endpoint") })
        .then(keep(stage, "delivery", "whd")),
  ],
  [
    "createKey with an event",
    () => keys.createKey(db(), { principal: stage.owner, input: { name: "E", environment: "live" } }),
  ],
  [
    "updateEndpoint that gives up what is pending",
    () =>
      webhooks.updateEndpoint(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "endpoint"), enabled: false },
      }),
  ],
  [
    "updateEndpoint that starts it again",
    () =>
      webhooks.updateEndpoint(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "endpoint"), enabled: true },
      }),
  ],
  ["redeliver", () => webhooks.redeliver(db(), { principal: stage.owner, id: idOf(stage, "delivery") })],
  [
    "addProviderKey",
    () =>
      providerKeys
        .addProviderKey(db(), {
          principal: stage.owner,
          input: { provider: "openai", api_key: "sk-proj-of-ada-1234", fallback: false },
          test: works,
        })
        .then(keep(stage, "provider", "pky")),
  ],
  [
    "updateProviderKey",
    () =>
      providerKeys.updateProviderKey(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "provider"), fallback: true, position: 1 },
      }),
  ],
  [
    "rotateProviderKey",
    () =>
      providerKeys.rotateProviderKey(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "provider"), api_key: "sk-proj-of-ada-5678" },
        test: works,
      }),
  ],
  [
    "deleteProviderKey",
    () => providerKeys.deleteProviderKey(db(), { principal: stage.owner, id: idOf(stage, "provider") }),
  ],
  [
    "registerApp",
    () =>
      oauth
        .registerApp(db(), {
          principal: stage.owner,
          input: {
            name: "App",
            homepage_url: "https://example.org/",
            redirect_uris: ["https://example.org/callback"],
            scopes: ["openid"],
            confidential: true,
          },
        })
        .then(keep(stage, "app", "app")),
  ],
  [
    "updateApp",
    () => oauth.updateApp(db(), { principal: stage.owner, input: { id: idOf(stage, "app"), name: "B" } }),
  ],
  ["rotateAppSecret", () => oauth.rotateAppSecret(db(), { principal: stage.owner, id: idOf(stage, "app") })],
  ["deleteApp", () => oauth.deleteApp(db(), { principal: stage.owner, id: idOf(stage, "app") })],
];
