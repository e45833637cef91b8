import { pauseStream, removeStream, setStream, testStream } from "../../../src/core/audit-streams";
import { addDomain } from "../../../src/core/company-sign-in";
import { updateDataPolicy } from "../../../src/core/data-policy";
import { updateHipaa } from "../../../src/core/hipaa";
import * as members from "../../../src/core/members";
import { renameOrganization } from "../../../src/core/orgs";
import { db } from "../../../src/core/platform/db/client";
import { purgeResponseCache } from "../../../src/core/response-cache";
import { updateRetention, updateStorage } from "../../../src/core/retention";
import { updateNotices } from "../../../src/core/sub-processors";
import * as webhooks from "../../../src/core/webhooks";
import { agreementInForce } from "../../../src/shared/legal/documents";
import { idOf, keep, type Stage, type Write } from "./stage";

/** Members, roles and settings. */
export const writesOfPeople = (stage: Stage): Write[] => [
  [
    "createCustomRole",
    () =>
      members
        .createCustomRole(db(), {
          principal: stage.owner,
          input: { name: "Support", base: "viewer", permissions: ["usage:read"] },
        })
        .then(keep(stage, "role", "rol")),
  ],
  [
    "updateCustomRole",
    () =>
      members.updateCustomRole(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "role"), name: "Help", permissions: [] },
      }),
  ],
  [
    "inviteMember",
    () =>
      members
        .inviteMember(db(), {
          principal: stage.owner,
          input: { email: "carl@example.com", role: idOf(stage, "role") },
        })
        .then(keep(stage, "invitation", "inv")),
  ],
  [
    "deleteCustomRole",
    () =>
      members.deleteCustomRole(db(), {
        principal: stage.owner,
        input: { id: idOf(stage, "role"), replacement: "viewer" },
      }),
  ],
  [
    "revokeInvitation",
    () => members.revokeInvitation(db(), { principal: stage.owner, id: idOf(stage, "invitation") }),
  ],
  [
    "changeRole",
    () =>
      members.changeRole(db(), {
        principal: stage.owner,
        input: { user_id: stage.colleague.userId, role: "developer", keys: "narrow" },
      }),
  ],
  [
    "updateVisibility",
    () => members.updateVisibility(db(), { principal: stage.owner, input: { developers_see: "all" } }),
  ],
  [
    "updateSignInPolicy",
    () => members.updateSignInPolicy(db(), { ...stage.owner, second_factor: "optional" }),
  ],
  ["renameOrganization", () => renameOrganization(db(), { ...stage.owner, name: "Ada & Co." })],
  ["updateStorage", () => updateStorage(db(), { ...stage.owner, storage: "on" })],
  ["purgeResponseCache", () => purgeResponseCache(db(), { principal: stage.owner })],
  [
    "updateRetention",
    () => updateRetention(db(), { principal: stage.owner, input: { retention_days: 0, archive_days: 0 } }),
  ],
  ["updateDataPolicy", () => updateDataPolicy(db(), { principal: stage.owner, input: { residency: "eu" } })],
  [
    "updateHipaa on",
    () =>
      updateHipaa(db(), {
        principal: stage.owner,
        input: { enabled: true, agreement_version: agreementInForce(new Date()) },
      }),
  ],
  [
    "updateHipaa off",
    () => updateHipaa(db(), { principal: stage.owner, input: { enabled: false, reason: "a test" } }),
  ],
  ["updateNotices on", () => updateNotices(db(), { principal: stage.owner, input: { subscribed: true } })],
  ["updateNotices off", () => updateNotices(db(), { principal: stage.owner, input: { subscribed: false } })],
  [
    "setStream",
    () =>
      setStream(db(), {
        principal: stage.owner,
        input: { kind: "webhook", target: "https://example.org/log" },
      }),
  ],
  [
    "setStream again",
    () =>
      setStream(db(), {
        principal: stage.owner,
        input: { kind: "webhook", target: "https://example.org/b" },
      }),
  ],
  ["pauseStream", () => pauseStream(db(), { principal: stage.owner, input: { paused: true } })],
  ["testStream", () => testStream(db(), { principal: stage.owner })],
  ["removeStream", () => removeStream(db(), { principal: stage.owner })],
  [
    "deleteEndpoint",
    () => webhooks.deleteEndpoint(db(), { principal: stage.owner, id: idOf(stage, "endpoint") }),
  ],
];

/** What reaches into other organizations, with what it says of it; "" where it first stays within its own. */
export const writesBeyond = (stage: Stage): [...Write, because: string[]][] => [
  [
    "addDomain",
    () => addDomain(db(), { principal: stage.owner, input: { domain: "agatha-test.example.com" } }),
    ["a domain belongs to one organization of all, and sign-in through a company is every account's"],
  ],
  [
    "removeMember",
    () =>
      members.removeMember(db(), {
        principal: stage.owner,
        input: { user_id: stage.colleague.userId, keys: "end" },
      }),
    ["", "sessions of the member move to another organization of theirs"],
  ],
];
