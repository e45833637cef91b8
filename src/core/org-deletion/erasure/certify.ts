import { recordAuditIn } from "../../audit";
import type { Clock, Db } from "../../platform";
import { fingerprintOfCertificate, type PaymentProvider, signCertificate } from "./certificate";

interface Certified {
  id: string;
  subjectId: string;
  type: "user" | "org";
  requestedAt: Date;
  erasedAt: Date;
  paymentProvider: PaymentProvider;
  /** A certificate of before says less by now. */
  replaces?: boolean;
}

/** Signs the certificate and anchors it in the audit log, in one transaction. */
export async function certify(
  db: Db,
  { id, replaces = false, ...erased }: Certified,
  clock: Clock,
): Promise<void> {
  const { type, subjectId } = erased;
  const completedAt = clock.now();
  const certificate = signCertificate({ ...erased, completedAt });
  await db.$transaction(async (tx) => {
    const { count } = await tx.erasure.updateMany({
      where: { id, completedAt: replaces ? { not: null } : null },
      data: { certificate, ...(!replaces && { completedAt }) },
    });
    if (count === 0) return;
    await recordAuditIn(tx, {
      orgId: null,
      actor: { type: "system", id: null },
      action: "data.erasure_certified",
      target: { type: type === "user" ? "user" : "organization", id: subjectId },
      details: { certificate: fingerprintOfCertificate(certificate) },
    });
  });
}
