import { z } from "zod";
import { toPublicId } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { createSigner } from "../../platform/crypto/signer";

const FORM = "agathaai-erasure-1";

export const certificateSchema = z
  .strictObject({
    form: z.literal(FORM),
    subject: z.enum(["person", "organization"]),
    subject_id: z.string(),
    requested_at: z.iso.datetime(),
    erased_at: z.iso
      .datetime()
      .meta({ description: "When the data key was destroyed: nothing could be read any more." }),
    completed_at: z.iso.datetime(),
    payment_provider: z.enum(["deleted", "none"]).meta({
      description: "The customer at Stripe: deleted there, or there was none.",
    }),
    public_key: z.string().meta({ description: "Ed25519, SPKI in base64." }),
    signature: z.string().meta({
      description:
        "Of the JSON array of form, subject, subject_id, the three times and payment_provider; base64.",
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
  hadCustomer: boolean;
}

export function signCertificate(done: Completed): Certificate {
  const signer = createSigner("erasure");
  const signed = {
    form: FORM,
    subject: done.type === "user" ? ("person" as const) : ("organization" as const),
    subject_id: toPublicId(done.type === "user" ? "usr" : "org", done.subjectId),
    requested_at: done.requestedAt.toISOString(),
    erased_at: done.erasedAt.toISOString(),
    completed_at: done.completedAt.toISOString(),
    payment_provider: done.hadCustomer ? ("deleted" as const) : ("none" as const),
  } as const;
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

function textOf({
  form,
  subject,
  subject_id,
  requested_at,
  erased_at,
  completed_at,
  payment_provider,
}: Signed): string {
  return JSON.stringify([form, subject, subject_id, requested_at, erased_at, completed_at, payment_provider]);
}
