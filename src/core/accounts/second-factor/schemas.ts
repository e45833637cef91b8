import { z } from "zod";

/** A code as typed: six digits, or a recovery code with or without its hyphens. */
const typedCode = z.string().max(64, "must be at most 64 characters");

export const secondFactorCode = typedCode.meta({
  description: "A code of your authenticator app (six digits), or a recovery code in its place.",
  example: "492039",
});

export const confirmAuthenticatorInputSchema = z.strictObject({
  code: z
    .string()
    .max(64, "must be at most 64 characters")
    .transform((text) => text.replaceAll(/\s/g, ""))
    .pipe(z.string().regex(/^\d{6}$/, "must be the six digits that the app shows")),
});

export const stepUpInputSchema = z.strictObject({
  password: z
    .string()
    .max(1_024, "must be at most 1,024 characters")
    .optional()
    .meta({ description: "Your password, if your account has no second factor." }),
  totp: secondFactorCode.optional(),
});

export const secondFactorViewSchema = z.object({
  enabled: z.boolean().meta({ description: "Whether signing in with your password takes a second factor." }),
  authenticator: z.boolean().meta({ description: "Whether you have an authenticator app." }),
  passkeys: z.int().meta({ description: "How many passkeys you have." }),
  added_at: z.iso.datetime().nullable().meta({ description: "When the authenticator app was added." }),
  recovery_codes_left: z.int(),
});

export const newAuthenticatorViewSchema = z.object({
  secret: z.string().meta({ description: "Base32, to type into the app." }),
  otpauth_url: z.string().meta({ description: "The same secret, as authenticator apps read it." }),
  qr_code: z.string().meta({ description: "`otpauth_url` as a QR code: an SVG image in a data URL." }),
});

export const recoveryCodesViewSchema = z.object({
  recovery_codes: z.array(z.string()).meta({ description: "Shown once. Each works once." }),
});

export const removedAuthenticatorViewSchema = z.object({
  object: z.literal("authenticator"),
  deleted: z.literal(true),
});

export const steppedUpViewSchema = z.object({
  stepped_up_until: z.iso.datetime().meta({ description: "Until then this session may make such calls." }),
});

export type ConfirmAuthenticatorInput = z.output<typeof confirmAuthenticatorInputSchema>;
export type StepUpInput = z.output<typeof stepUpInputSchema>;
export type SecondFactorView = z.output<typeof secondFactorViewSchema>;
export type NewAuthenticatorView = z.output<typeof newAuthenticatorViewSchema>;
export type RecoveryCodesView = z.output<typeof recoveryCodesViewSchema>;
export type RemovedAuthenticatorView = z.output<typeof removedAuthenticatorViewSchema>;
export type SteppedUpView = z.output<typeof steppedUpViewSchema>;
