import { z } from "zod";
import { type ListQuery, listFields, listSchema } from "../../platform/list";

export const signInMethods = [
  "password",
  "passkey",
  "google",
  "github",
  "company",
  "registration",
  "email_link",
] as const;
export const signInResults = ["signed_in", "wrong_password", "wrong_factor", "wrong_passkey"] as const;

const signInFactors = ["authenticator", "passkey", "recovery_code"] as const;

export type SignInFactor = (typeof signInFactors)[number];
export type SignInMethod = (typeof signInMethods)[number];
export type SignInResult = (typeof signInResults)[number];

export const listSignInsInputSchema = z.strictObject(listFields(20));

export const signInViewSchema = z.object({
  id: z.string().meta({ example: "sgn_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  kind: z.enum(["portal", "api"]),
  method: z.enum(signInMethods).meta({
    description:
      "`registration` is the session that a new account starts with, `email_link` the one after verifying the email.",
  }),
  factor: z
    .enum(signInFactors)
    .nullable()
    .meta({ description: "How the second factor was proven; null without one." }),
  result: z.enum(signInResults),
  session_id: z.string().nullable().meta({ description: "The session it started; null where it failed." }),
  new_device: z.boolean().meta({ description: "Whether we emailed you that the device was new." }),
  device: z
    .string()
    .meta({ description: "The browser or program, as it named itself.", example: "Firefox on Windows" }),
  ip: z.string().nullable().meta({ description: "The IP address. Only you see it." }),
  created_at: z.iso.datetime(),
});
export const signInListViewSchema = listSchema(signInViewSchema);

export const endSessionsByLinkInputSchema = z.strictObject({
  token: z.string().min(1, "must not be empty").max(512, "is not one of our tokens"),
});
export const sessionsEndedViewSchema = z.object({ signed_out: z.literal(true) });

export type ListSignInsInput = ListQuery;
export type SignInListView = z.output<typeof signInListViewSchema>;
export type SessionsEndedView = z.output<typeof sessionsEndedViewSchema>;
