import { z } from "zod";
import { toPublicId } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { createSigner } from "../../platform/crypto/signer";

/** The first form did not say what the payment provider keeps. Certificates of it stay as they were signed. */
const FORMS = ["agathaai-erasure-1", "agathaai-erasure-2"] as const;

export const paymentProviders = ["none", "deleted", "redaction_scheduled", "redacted"] as const;
export type PaymentProvider = (typeof paymentProviders)[number];

/** Of several customers, what is most left of any. */
export function mostLeft(of: readonly PaymentProvider[]): PaymentProvider {
  const order: readonly PaymentProvider[] = ["none", "redacted", "redaction_scheduled", "deleted"];
  return order.findLast((one) => of.includes(one)) ?? "none";
}

/** What the certificate says that Stripe still has, and why. Signed: a change of wording holds for new certificates alone. */
const KEEPS: Record<PaymentProvider, string> = {
  none: "Nothing: there was no customer at our payment provider, Stripe.",
  deleted:
    "The customer was deleted at Stripe, with name, email, address and cards. Invoices and payments stay there as they were made, with the name and address on them: tax and accounting law obliges us to keep them, and laws against money laundering oblige Stripe.",
  redaction_scheduled:
    "Name, email, address, tax IDs and cards were taken from the customer at Stripe. Invoices and payments still have the name and address that they were made with: against fraud, Stripe redacts a payment 90 days after it was made at the earliest, and an invoice once it is settled. They are redacted then, and this certificate is replaced.",
  redacted:
    "Stripe redacted the customer with invoices, payments, events and request logs: neither we nor anyone with access to our account can see the name, email, address or card details in them. Stripe keeps for itself what the law obliges a payment service to keep, against money laundering above all.",
};

export const certificateSchema = z
  .strictObject({
    form: z.enum(FORMS),
    subject: z.enum(["person", "organization"]),
    subject_id: z.string(),
    requested_at: z.iso.datetime(),
    erased_at: z.iso
      .datetime()
      .meta({ description: "When the data key was destroyed: nothing could be read any more." }),
    completed_at: z.iso.datetime().meta({ description: "When all was done that this certificate says." }),
    payment_provider: z.enum(paymentProviders).meta({
      description:
        "The customer at Stripe: `none`, there was none; `deleted` there; `redacted`, with invoices and payments; `redaction_scheduled`, emptied, and redacted once Stripe allows it. Then this certificate is replaced by one that says `redacted`.",
    }),
    payment_provider_keeps: z.string().optional().meta({
      description: "What Stripe still has, and why. Certificates of the first form do not say it.",
    }),
    public_key: z.string().meta({ description: "Ed25519, SPKI in base64." }),
    signature: z.string().meta({
      description:
        "Of the JSON array of form, subject, subject_id, the three times, payment_provider and, in the second form, payment_provider_keeps; base64.",
    }),
  })
  .meta({
    description: "Signed proof that a person or an organization was erased. It holds no personal data.",
  });
export type Certificate = z.output<typeof certificateSchema>;

export interface Completed {
  type: "user" | "org";
  subjectId: string;
  requestedAt: Date;
  erasedAt: Date;
  completedAt: Date;
  paymentProvider: PaymentProvider;
}

export function signCertificate(done: Completed): Certificate {
  const signer = createSigner("erasure");
  const signed = {
    form: FORMS[1],
    subject: done.type === "user" ? ("person" as const) : ("organization" as const),
    subject_id: toPublicId(done.type === "user" ? "usr" : "org", done.subjectId),
    requested_at: done.requestedAt.toISOString(),
    erased_at: done.erasedAt.toISOString(),
    completed_at: done.completedAt.toISOString(),
    payment_provider: done.paymentProvider,
    payment_provider_keeps: KEEPS[done.paymentProvider],
  };
  const signature = Buffer.from(signer.sign(textOf(signed))).toString("base64");
  return { ...signed, public_key: signer.publicKey, signature };
}

/** Whether we signed it, with the key that we have now. */
export function isGenuine(certificate: Certificate): boolean {
  return createSigner("erasure").verify(textOf(certificate), Buffer.from(certificate.signature, "base64"));
}

/** What the audit log holds of it, in hexadecimal. */
export function fingerprintOfCertificate(certificate: Certificate): string {
  return Buffer.from(sha256(textOf(certificate) + certificate.signature)).toString("hex");
}

type Signed = Omit<Certificate, "public_key" | "signature">;

function textOf(signed: Signed): string {
  const { form, subject, subject_id, requested_at, erased_at, completed_at, payment_provider } = signed;
  return JSON.stringify([
    ...[form, subject, subject_id, requested_at, erased_at, completed_at, payment_provider],
    ...(form === FORMS[0] ? [] : [signed.payment_provider_keeps ?? ""]),
  ]);
}
