import Link from "next/link";
import { type LegalDocument, legalDocuments } from "@/shared/legal/documents";

/** Opens beside the form, so that nothing entered is lost. */
export function LegalLink({ to }: { to: LegalDocument }) {
  const { title, path } = legalDocuments[to];
  return (
    <Link href={path} target="_blank" className="text-accent underline underline-offset-4">
      {title.toLowerCase()}
    </Link>
  );
}
