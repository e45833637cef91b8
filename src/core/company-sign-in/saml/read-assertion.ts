import { z } from "zod";
import { emailSchema, storableName } from "../../accounts";
import { AppError, type Clock, systemClock } from "../../platform";
import { log } from "../../platform/observability/log";
import { acsUrl } from "../connection/paths";
import type { CompanyPerson } from "../sign-in/read-person";
import { emailMissing, signInRefused } from "../sign-in/refusals";
import { inspectResponse } from "./inspect-response";
import { type SamlProvider, SKEW_MS, serviceProvider } from "./service-provider";

interface Received {
  provider: SamlProvider;
  /** Base64, as the browser posted it. */
  response: string;
  requestId: string;
  requestedAt: Date;
  /** Where the person had to sign in anew: since when. */
  provenSince: Date | null;
}

/** An element as the library's parser has it: its text, with or without attributes. */
const textOf = z.union([z.string(), z.object({ _: z.string() }).transform(({ _ }) => _)]);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const one = <Schema extends z.ZodType>(schema: Schema) => z.tuple([schema]).transform(([only]) => only);

const assertionSchema = z.object({
  Assertion: z.object({
    $: z.object({ ID: z.string().min(1).max(512) }),
    Issuer: one(textOf),
    Subject: one(
      z.object({
        NameID: one(
          z.union([
            z.string().transform((text) => ({ text, format: undefined })),
            z
              .object({ _: z.string(), $: z.object({ Format: z.string().optional() }).optional() })
              .transform(({ _, $ }) => ({ text: _, format: $?.Format })),
          ]),
        ),
        SubjectConfirmation: one(
          z.object({
            $: z.object({ Method: z.literal("urn:oasis:names:tc:SAML:2.0:cm:bearer") }),
            SubjectConfirmationData: one(
              z.object({
                $: z.object({ Recipient: z.string(), InResponseTo: z.string(), NotOnOrAfter: instant }),
              }),
            ),
          }),
        ),
      }),
    ),
    Conditions: one(z.object({ AudienceRestriction: z.array(z.unknown()).min(1) })),
    AuthnStatement: one(z.object({ $: z.object({ AuthnInstant: instant }) })),
  }),
});

const emailAttributes = [
  "email",
  "mail",
  "emailaddress",
  "urn:oid:0.9.2342.19200300.100.1.3",
  "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
];
const nameAttributes = [
  "displayName",
  "name",
  "urn:oid:2.16.840.1.113730.3.1.241",
  "http://schemas.microsoft.com/identity/claims/displayname",
];

/**
 * Whom a posted response names. The library verifies the signature of the assertion, its times, audience and issuer; recipient,
 * request and form are ours. @throws AppError `invalid_login`, `email_not_verified`.
 */
export async function readAssertion(received: Received, clock: Clock = systemClock): Promise<CompanyPerson> {
  const { assertion, attributes } = await verify(received).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message.slice(0, 120) : undefined;
    log().info({ reason }, "a SAML response was refused");
    throw error instanceof AppError ? error : signInRefused(error);
  });
  const { NameID: name } = assertion.Subject;
  const attribute = (names: readonly string[]) =>
    names.map((key) => attributes[key]).find((value) => typeof value === "string");
  const email = emailSchema.safeParse(attribute(emailAttributes) ?? name.text);
  if (!email.success) throw emailMissing();
  const now = clock.now();
  const { AuthnInstant: provenAt } = assertion.AuthnStatement.$;
  if (received.provenSince !== null && provenAt.getTime() < received.provenSince.getTime() - SKEW_MS / 2)
    throw signInRefused();
  return {
    subject: name.text,
    email: email.data,
    name: storableName(attribute(nameAttributes)) || email.data.slice(0, email.data.indexOf("@")),
    provenAt: provenAt > now ? now : provenAt,
    hostedDomain: undefined,
  };
}

async function verify({ provider, response, requestId, requestedAt: createdAt }: Received) {
  inspectResponse(response);
  const saml = serviceProvider(provider, { requestId, createdAt });
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: response });
  if (profile === null) throw new Error("the response names nobody");
  // Of the verified part of the document alone.
  const { Assertion: assertion } = assertionSchema.parse(profile.getAssertion?.());
  const { Recipient, InResponseTo } = assertion.Subject.SubjectConfirmation.SubjectConfirmationData.$;
  if (Recipient !== acsUrl()) throw new Error("for another recipient");
  if (InResponseTo !== requestId) throw new Error("in response to another request");
  if (assertion.Issuer !== provider.issuer) throw new Error("by another issuer");
  const { text, format } = assertion.Subject.NameID;
  if (text.length > 512 || format?.endsWith(":transient")) throw new Error("a name that changes each time");
  return { assertion, attributes: z.record(z.string(), z.unknown()).parse(profile.attributes ?? {}) };
}
