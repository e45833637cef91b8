import type { Mutation } from "./mutation";
import { ofApi } from "./table/api";
import { ofKeys } from "./table/keys";
import { ofOauth } from "./table/oauth";
import { ofPrivacy } from "./table/privacy";
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
];
