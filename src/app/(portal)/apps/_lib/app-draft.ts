import * as z from "zod/mini";
import { problemsCheck, textSchema } from "../../../_client/form-schemas";
import type { Inputs, Outputs } from "../../../_client/trpc";

export type App = Outputs["apps"]["list"]["data"][number];
export type AppScope = Inputs["apps"]["register"]["scopes"][number];

const fields = z.object({
  name: textSchema("Enter the name."),
  homepage: textSchema("Enter the homepage’s URL."),
  redirectUris: z.string(),
  kind: z.enum(["confidential", "public"]),
  deviceFlow: z.boolean(),
  scopes: z.array(z.string()).check(z.minLength(1, "Choose at least one scope.")),
});
export type AppDraft = z.output<typeof fields>;
export const appDraftSchema = fields.check(
  problemsCheck(({ redirectUris, deviceFlow }: AppDraft) =>
    deviceFlow || linesOf(redirectUris).length > 0
      ? {}
      : { redirectUris: "Enter at least one redirect URI, or turn on device sign-in." },
  ),
);

/** One URI a line; empty lines are none. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export function draftOf(app: App | undefined): AppDraft {
  return {
    name: app?.name ?? "",
    homepage: app?.homepage_url ?? "",
    redirectUris: (app?.redirect_uris ?? []).join("\n"),
    kind: app === undefined || app.confidential ? "confidential" : "public",
    deviceFlow: app?.device_flow ?? false,
    scopes: app?.scopes ?? ["openid", "profile", "email"],
  };
}

/** The fields that both registering and changing an app send. */
export function fieldsOf(draft: AppDraft, logo: string | null | undefined) {
  return {
    name: draft.name,
    homepage_url: draft.homepage,
    redirect_uris: linesOf(draft.redirectUris),
    scopes: draft.scopes,
    device_flow: draft.deviceFlow,
    ...(logo !== undefined && { logo }),
  };
}

/** A file as base64. */
export async function readAsBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
