import type { Mutation } from "./mutation";
import { ofApi } from "./table/api";
import { ofCompanies } from "./table/company";
import { ofDatabase } from "./table/database";
import { ofKeys } from "./table/keys";
import { ofManagers } from "./table/managers";
import { ofOauth } from "./table/oauth";
import { ofPrivacy } from "./table/privacy";
import { ofReach } from "./table/reach";
import { ofSignIn } from "./table/sign-in";
import { ofTokens } from "./table/tokens";
import { ofWebhooks } from "./table/webhooks";

/** Each security statement's protections, taken away one at a time. */
export const mutations: readonly Mutation[] = [
  ...ofKeys,
  ...ofTokens,
  ...ofOauth,
  ...ofSignIn,
  ...ofApi,
  ...ofWebhooks,
  ...ofPrivacy,
  ...ofCompanies,
  ...ofReach,
  ...ofDatabase,
  ...ofManagers,
];
