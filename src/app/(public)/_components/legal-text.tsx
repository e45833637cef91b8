import type { ReactNode } from "react";
import { Notice } from "@/components/ui/notice";
import { type LegalDocument, legalDocuments, versionInForce } from "@/shared/legal/documents";

export function LegalPage({ document, children }: { document: LegalDocument; children: ReactNode }) {
  return (
    <TemplatePage title={legalDocuments[document].title} version={versionInForce(document, new Date())}>
      {children}
    </TemplatePage>
  );
}

/** A legal text. It is a template until whoever runs this installation has had it reviewed, and says so first. */
export function TemplatePage({
  title,
  version,
  children,
}: {
  title: string;
  version: string;
  children: ReactNode;
}) {
  return (
    <LegalText title={title} version={version}>
      <Notice tone="attention" title="This is a template">
        Counsel has to review and complete it before it binds anyone. Brackets mark what the operator of this
        installation fills in.
      </Notice>
      {children}
    </LegalText>
  );
}

/** The measure and spacing of legal prose. */
export function LegalText({
  title,
  version,
  children,
}: {
  title: string;
  version?: string;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto max-w-[42.5rem] px-5 pt-16">
      <h1 className="font-semibold text-3xl tracking-[-0.03em] sm:text-4xl">{title}</h1>
      {version !== undefined && <p className="mt-3 text-muted">Version {version}</p>}
      <div className="mt-8 grid grid-cols-1 gap-4 text-base/6.5 [&_h2]:mt-6 [&_h2]:font-semibold [&_h2]:text-xl [&_h2]:tracking-tight [&_ul]:grid [&_ul]:list-disc [&_ul]:gap-2 [&_ul]:pl-5">
        {children}
      </div>
    </div>
  );
}
