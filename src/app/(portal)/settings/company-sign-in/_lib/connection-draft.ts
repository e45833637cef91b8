import * as z from "zod/mini";
import { problemsCheck } from "../../../../_client/form-schemas";

export const givableRoles = ["admin", "developer", "billing", "viewer"] as const;

const fields = z.object({
  kind: z.enum(["oidc", "saml"]),
  /** Of SAML: how the provider is entered. */
  by: z.enum(["metadata", "hand"]),
  metadata: z.string(),
  issuer: z.string().check(z.trim()),
  clientId: z.string().check(z.trim()),
  clientSecret: z.string(),
  ssoUrl: z.string().check(z.trim()),
  certificates: z.string(),
  role: z.enum(givableRoles),
  enforced: z.boolean(),
});

export type ConnectionDraft = z.output<typeof fields>;

/** What is missing of the chosen protocol. Without a secret or certificate the present one may stay: the server knows. */
export const connectionDraftSchema = fields.check(
  problemsCheck(({ kind, by, metadata, issuer, clientId, ssoUrl }: ConnectionDraft) => {
    if (kind === "oidc") {
      return {
        ...(issuer === "" && { issuer: "Enter the issuer of your provider." }),
        ...(clientId === "" && { clientId: "Enter the client ID." }),
      };
    }
    if (by === "metadata")
      return metadata.trim() === "" ? { metadata: "Paste the metadata of your provider." } : {};
    return {
      ...(issuer === "" && { issuer: "Enter the entity ID of your provider." }),
      ...(ssoUrl === "" && { ssoUrl: "Enter the sign-in URL of your provider." }),
    };
  }),
);

/** As the API takes it. An empty secret or certificate keeps the present one. */
export function connectionInput({ kind, role, enforced, ...draft }: ConnectionDraft) {
  return {
    kind,
    ...(kind === "oidc"
      ? ofOidc(draft)
      : draft.by === "metadata"
        ? { metadata: draft.metadata }
        : ofSaml(draft)),
    default_role: role,
    enforced,
  };
}

type Draft = Omit<ConnectionDraft, "kind" | "role" | "enforced">;

function ofOidc({ issuer, clientId, clientSecret }: Draft) {
  return {
    issuer,
    ...(clientId !== "" && { client_id: clientId }),
    ...(clientSecret !== "" && { client_secret: clientSecret }),
  };
}

function ofSaml({ issuer, ssoUrl, certificates }: Draft) {
  const pems = certificates.split(/(?<=-----END CERTIFICATE-----)/).map((text) => text.trim());
  const given = pems.filter((text) => text !== "");
  return {
    issuer,
    ...(ssoUrl !== "" && { sso_url: ssoUrl }),
    ...(given.length > 0 && { certificates: given }),
  };
}
