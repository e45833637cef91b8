import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { z } from "zod";
import { publicId } from "../../platform";
import { deletedSchema } from "../../platform/schemas/deleted";
import { lineOfText } from "../../platform/schemas/line-of-text";

/** Bytes as browsers send them. The longest is an attestation, which we do not ask for. */
const bytes = z.base64url().max(16_384, "is too long");

const credential = { id: bytes, rawId: bytes, type: z.literal("public-key") };

/** What a browser returns for a new passkey (WebAuthn §5.1.8, as JSON). */
export const newCredentialSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(32)).max(16).default([]),
  }),
});

/** What a browser returns when a passkey signs. */
export const assertionSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional(),
  }),
});

type WithoutExtensions<Options> = Omit<Options, "extensions">;

const isObject = (value: unknown) => typeof value === "object" && value !== null;

/** The options for the browser's own calls `navigator.credentials.create` and `get`, in their own form. */
export const newPasskeyOptionsViewSchema = z.object({
  options: z.custom<WithoutExtensions<PublicKeyCredentialCreationOptionsJSON>>(isObject),
});
export const passkeyOptionsViewSchema = z.object({
  options: z.custom<WithoutExtensions<PublicKeyCredentialRequestOptionsJSON>>(isObject),
});

export const passkeyName = lineOfText({ max: 60 }).meta({
  description: "By which you recognize it.",
  example: "Work laptop",
});

export const addPasskeyInputSchema = z.strictObject({ name: passkeyName, credential: newCredentialSchema });
export const passkeyStepUpInputSchema = z.strictObject({ assertion: assertionSchema });
export const startPasskeyInputSchema = z.strictObject({ purpose: z.enum(["sign_in", "second_factor"]) });
export const renamePasskeyInputSchema = z.strictObject({ id: publicId("psk"), name: passkeyName });
export const passkeyIdInputSchema = z.strictObject({ id: publicId("psk") });

export const passkeyViewSchema = z.object({
  id: z.string().meta({ example: "psk_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  name: z.string(),
  synced: z
    .boolean()
    .meta({ description: "Whether a password manager keeps a copy for your other devices." }),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
});
/** All of them: a person has at most 20. */
export const passkeyListViewSchema = z.object({ data: z.array(passkeyViewSchema) });
export const addedPasskeyViewSchema = z.object({
  passkey: passkeyViewSchema,
  recovery_codes: z
    .array(z.string())
    .nullable()
    .meta({ description: "Ten new ones, if it is the account's first factor. Shown once." }),
});
export const removedPasskeyViewSchema = deletedSchema("passkey");

export type NewCredential = z.output<typeof newCredentialSchema>;
export type Assertion = z.output<typeof assertionSchema>;
export type NewPasskeyOptionsView = z.output<typeof newPasskeyOptionsViewSchema>;
export type PasskeyOptionsView = z.output<typeof passkeyOptionsViewSchema>;
export type AddPasskeyInput = z.output<typeof addPasskeyInputSchema>;
export type RenamePasskeyInput = z.output<typeof renamePasskeyInputSchema>;
export type PasskeyView = z.output<typeof passkeyViewSchema>;
export type PasskeyListView = z.output<typeof passkeyListViewSchema>;
export type AddedPasskeyView = z.output<typeof addedPasskeyViewSchema>;
export type RemovedPasskeyView = z.output<typeof removedPasskeyViewSchema>;
